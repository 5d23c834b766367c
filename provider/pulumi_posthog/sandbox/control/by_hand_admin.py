"""What all pages of the admin site have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pulumi_posthog.sandbox.control import by_hand
from pulumi_posthog.sandbox.control.second_actor import second_actor

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm


class ByHand(ModelAdmin):
    """What is changed here is in the activity log under the name of another admin than the key's owner."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        by_hand.save(obj, second_actor())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        by_hand.delete(obj, second_actor())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            by_hand.delete(row, second_actor())
