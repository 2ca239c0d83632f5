"""The lab in the browser: python app.py [--host H] [--port N] [--share]"""

import argparse
import signal

from genclass.ui.layout import build_app, launch_settings


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    parser.add_argument("--share", action="store_true", help="a public link through Gradio's own relay")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that temporary files are cleared then, too
    build_app().launch(server_name=args.host, server_port=args.port, share=args.share, **launch_settings())


if __name__ == "__main__":
    main()
