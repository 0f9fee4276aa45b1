"""Pages without an account: order by a place's code, confirm by the order's code, certificates."""

from django.urls import path

from volunteering.public.certificates import announced_page, certificate_page
from volunteering.public.orders import confirm_page, order_page

app_name = "public"
urlpatterns = [
    path("dian/<str:code>/", order_page, name="order"),
    path("queren/", confirm_page, name="confirm"),
    path("gongshi/<str:code>/", announced_page, name="announced"),
    path("zhengshu/<int:year>/<int:serial>/<str:code>/", certificate_page, name="certificate"),
]
