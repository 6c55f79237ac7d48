"""What a person may change about how the site looks."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Preferences, User
from apps.accounts.offers import market_choices
from apps.accounts.zones import zone_names


class PreferencesForm(forms.ModelForm):
    """Every choice as a menu: nothing to type, nothing to misspell."""

    class Meta:
        model = Preferences
        fields = ("currency", "time_zone", "language", "theme", "palette", "default_market")

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        zones = sorted(zone for zone in zone_names() if "/" in zone)
        self.fields["currency"].choices = Preferences.Currency.choices
        self.fields["time_zone"] = menu(
            _("Time zone"), [(zone, zone.replace("_", " ")) for zone in zones]
        )
        self.fields["language"] = menu(_("Language"), settings.LANGUAGES)
        self.fields["default_market"] = menu(
            _("First market"), [("", _("The first one")), *market_choices()], required=False
        )


def menu(label: str, choices: list[tuple[str, str]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required)


class AdministratorForm(forms.ModelForm):
    """Name and password of the first administrator, under the rules that hold for everybody."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )

    class Meta:
        model = User
        fields = ("username",)

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if password := told.get("password"):
            try:
                validate_password(password, User(username=told.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return told


class DeletionForm(forms.Form):
    """The person's own name, typed, so that nobody deletes an account by a slip of the thumb."""

    username = forms.CharField(
        label=_("Type your user name"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *arguments: object, user: User, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.user = user

    def clean_username(self) -> str:
        if self.cleaned_data["username"] != self.user.get_username():
            raise forms.ValidationError(_("That is not your user name."))
        return self.cleaned_data["username"]
