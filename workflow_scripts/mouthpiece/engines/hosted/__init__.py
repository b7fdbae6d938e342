"""Lip sync that hosted services sell: fal.ai, Replicate, sync.so. See docs/hosted.md.

Written from the services' public documentation; `tests/service_worlds.py` is that documentation as
a server.

    settings    keys and limits                    contract    what a service is, and is asked
    purchase    a cut that is bought, its states   fal, replicate, sync: one service each
    ledger      what was bought                    services    the services by name
    schema      the ledger's tables                wire        requests over HTTP
    rows        the ledger's rows                  terms       limits of a run
    prices      what a cut costs                   clock       the time, and waiting
    buyer       buys each cut once                 signatures  what signed webhooks share
    avatar      what a bake leaves on disk         geometry    what is sent, and what is taken
    clip        the clip that is sent              answer      the film that comes back
    engine      the engine that others call        webhooks    the receiver of reports
    shop        what the command asks              http_service  what services share
    models      the models that are known
"""
