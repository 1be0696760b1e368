"""Holds the service without its own protocol: the ASGI front alone, on uvicorn as it comes, with its log. `PORT`."""

import gc
import sys

import uvicorn

from api.app import create_app
from api.releases.library import load_library
from api.settings import read_settings
from api.web import logs

if __name__ == "__main__":
    settings = read_settings()
    app = create_app(load_library(settings.releases), settings)
    logs.start()
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
