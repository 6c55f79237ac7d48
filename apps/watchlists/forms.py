"""Names and notes: plain text, short."""

from django import forms

from apps.watchlists.models import Entry, Watchlist


class NameForm(forms.ModelForm):
    class Meta:
        model = Watchlist
        fields = ("name",)


class NoteForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ("note",)
