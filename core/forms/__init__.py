"""Forms of pages: they read and check input, and save nothing."""

from core.forms.base import DateInput, Form, ModelForm, blame
from core.forms.custom_fields import EMPTIED, CustomInput

__all__ = ["EMPTIED", "CustomInput", "DateInput", "Form", "ModelForm", "blame"]
