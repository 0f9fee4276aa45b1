"""Former work units and enterprises."""

from rest_framework import serializers

from branches.gates.api import ScopedViewSet
from branches.gates.fields import StrictSerializer
from branches.gates.lookups import DAY_LOOKUPS, LookupSet, Order, Words
from branches.models import Employer
from branches.models.branch import EmployerQuerySet
from branches.operations import amend_employer, register_employer

OWN = ["name", "nature", "credit_code", "dissolved_on", "note"]


class EmployerLine(serializers.ModelSerializer):
    class Meta:
        model = Employer
        fields = ["id", *OWN, "version"]


class EmployerBody(StrictSerializer):
    class Meta:
        model = Employer
        fields = OWN


class EmployerFilters(LookupSet):
    search = Words(
        EmployerQuerySet.named_like, help_text="名称或信用代码，也可用拼音或拼音首字母，多个词都须符合。"
    )
    ordering = Order(name="name")

    class Meta:
        model = Employer
        fields = {
            "name": ["exact", "icontains"],
            "nature": ["exact"],
            "credit_code": ["exact"],
            "dissolved_on": DAY_LOOKUPS,
        }


class EmployerViewSet(ScopedViewSet):
    """原工作单位和移交企业。"""

    queryset = Employer.objects.all()
    serializer_class = line_serializer = EmployerLine
    filterset_class = EmployerFilters
    verbs = {
        "retrieve": "branches.view_employer",
        "create": "branches.add_employer",
        "partial_update": "branches.change_employer",
    }
    bodies = {"create": EmployerBody, "partial_update": EmployerBody}
    versioned = frozenset({"partial_update"})
    instead_of_delete = "原工作单位不能删除，请填写注销日期：PATCH employers/编号/"

    def create(self, request, *args, **kwargs):
        return self.created(register_employer(values=self.body(), by=request.user))

    def partial_update(self, request, *args, **kwargs):
        employer, version = self.row_as_read()
        values = self.body(partial=True)
        return self.done(amend_employer(employer=employer, values=values, by=request.user, version=version))
