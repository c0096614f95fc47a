"""What a person's browser reads of a page's form."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.drills.client import Person, shown


@dataclass
class Form:
    """A form as the browser would send it untouched."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Collects the page's forms with the values their controls hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action", ""))
            self.forms.append(self.form)
        if self.form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.form.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self.area, self.form.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.form.fields[self.select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            self.form.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def feature_form(person: Person, key: str) -> Form:
    """The form that holds the feature's facts. Raises where the page has none."""
    path = f"/features/{key}/edit/"
    page = person.get(path)
    reader = FormReader()
    reader.feed(page.text)
    for form in reader.forms:
        if {"title", "description", "version"} <= set(form.fields):
            form.action = form.action or path
            return form
    raise AssertionError(f"{path} answered {page.status} and shows no form for a title: {shown(page.text)[:300]}")
