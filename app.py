"""The lab in the browser: python app.py [--host H] [--port N] [--share] [--public | --no-train] …"""

import argparse
import gc
import signal

gc.disable()  # until the page stands: all that is loaded stays, and going through it was a quarter of the start

from genclass.ui.layout import build_app  # noqa: E402
from genclass.ui.server.serving import logins, origin, place_runs, serve  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    parser.add_argument("--share", action="store_true", help="a public link through Gradio's own relay")
    parser.add_argument("--public", action="store_true", help="bounds what a visitor may train, hides others' runs")
    parser.add_argument("--no-train", action="store_true", help="without the tab Train")
    parser.add_argument("--launcher", choices=["process", "ray"], default="process", help="where runs are trained: "
                        "on this machine (default), or as jobs of a Ray cluster")  # fmt: skip
    parser.add_argument("--ray-address", metavar="ADDRESS", help="of the cluster's job server, as http://HEAD:8265")
    parser.add_argument("--root-path", default="", help="where a proxy has put the page, as in /lab")
    parser.add_argument("--auth-file", type=logins, help="who may come in: a file with one name:password a line")
    parser.add_argument("--embed-from", type=origin, nargs="+", default=[], metavar="ORIGIN",
                        help="sites that may show the page in a frame, as in https://lab.org")  # fmt: skip
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that temporary files are cleared then, too
    launch, then = place_runs("process" if args.no_train else args.launcher, args.ray_address)
    demo = build_app(args.public, not args.no_train, args.embed_from, launch)
    then = None if args.no_train else then
    serve(demo, args.host, args.port, args.share, args.root_path, args.auth_file, then)


if __name__ == "__main__":
    main()
