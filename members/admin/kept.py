"""Nothing about people is deleted: whoever tries is told what to do instead."""


class Kept:
    """Mixin of an admin page whose rows stay; `instead` says what is done in place of deleting."""

    instead = "登记有误请更正，原来的内容保留在变更历史中。"

    def delete_view(self, request, object_id, extra_context=None):
        row, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        context = {"title": "不能删除", "original": row, "object": row, "instead": self.instead}
        response = self.page(request, "admin/members/kept.html", context)
        response.status_code = 403
        return response
