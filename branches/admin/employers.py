"""Former work units and enterprises."""

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from branches.gates import ScopedAdmin
from branches.models import Employer
from branches.operations import amend_employer, register_employer


@admin.register(Employer)
class EmployerAdmin(ScopedAdmin):
    list_display = ["name", "nature", "credit_code", "dissolved_on"]
    list_filter = [("nature", ChoicesDropdownFilter)]
    search_fields = ["name", "credit_code"]
    search_help_text = "名称、拼音首字母或信用代码"
    ordering = ["name"]
    fields = ["name", "nature", "credit_code", "dissolved_on", "note"]
    change_form_outer_after_template = "branches/employer_panels.html"

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        if change:
            return amend_employer(employer=obj, values=values, by=request.user, version=form.version_read)
        return register_employer(values=values, by=request.user)
