"""Forms of pages: they read and check input, and save nothing."""

from core.forms.base import DateInput, Form, ModelForm, blame

__all__ = ["DateInput", "Form", "ModelForm", "blame"]
