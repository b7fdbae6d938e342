"""Clients of hosted services that config names.

`Endpoint` asks, `EndpointSettings` says where, `AnswerStore` keeps what was paid for.
"""
