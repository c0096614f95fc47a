from drf_spectacular.openapi import AutoSchema


class WaymarkSchema(AutoSchema):
    pass
