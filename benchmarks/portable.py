"""Holds the service without its own protocol: the ASGI front alone, on uvicorn as it comes, with its log. `PORT`."""

import sys

import uvicorn

from api.app import create_app
from api.releases.library import load_library
from api.settings import Settings
from api.web import logs

settings = Settings()
import os

os.environ.get("NOLOG") or logs.start()
config = uvicorn.Config(
    create_app(load_library(settings.releases), settings),
    port=int(sys.argv[1]),
    loop="uvloop",
    http="httptools",
    log_config=None,
    access_log=False,
    lifespan="off",
    server_header=False,
    proxy_headers=False,
)
import gc

gc.collect()
gc.freeze()
uvicorn.Server(config).run()
