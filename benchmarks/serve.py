"""How quickly pictures are classified, by one visitor and by twenty at once:  python -m benchmarks.serve [MODEL]

Three ways to the same network, each on a server process of its own: the page's /classify; the same without batches (one
image a pass); and a plain gr.Interface around predict, as Gradio's own guide builds it. A client is a thread that asks
again as soon as it is answered. Each question uploads its picture anew, as a visitor does, and nothing is remembered.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from gradio_client import Client, handle_file

CLIENTS = (1, 20)
WAYS = ("page", "page, no batches", "gr.Interface")


def serve(way, model, pipe):
    """Run a server until the other end of the pipe says so; its address goes through it first."""
    from genclass.ui import layout
    from genclass.ui.common import decoded_upload

    if way == "gr.Interface":
        demo, settings = plain_interface(model), {}
    else:
        if way == "page, no batches":
            decoded_upload.batcher = lambda classifier: classifier.answer
        demo, settings = layout.build_app(), layout.launch_settings()
        decoded_upload._classify = decoded_upload._classify.__wrapped__  # or the same photo again would cost nothing
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **settings)
    pipe.send(url)
    pipe.recv()
    demo.close()


def plain_interface(model):
    """What one writes first."""
    import gradio as gr

    import genclass

    classifier = genclass.load(model)

    def predict(image):
        return dict(zip(classifier.classes, classifier.predict([image])[0].tolist()))

    return gr.Interface(predict, gr.Image(type="pil"), gr.Label(num_top_classes=5))


def ask(client, way, image, model):
    if way == "gr.Interface":
        return client.predict(image, api_name="/predict")
    return client.predict(image, model, api_name="/classify")


def measure(url, way, path, model, clients, seconds):
    """``{"clients", "answers", "per_second", "median_ms", "p95_ms", "clients_cores"}`` of so many clients at once.

    The last is how many cores these clients kept busy, which the server lacked where it has no others.
    """
    made = [Client(url, verbose=False) for _ in range(clients)]
    image = handle_file(str(path))
    for client in made:
        ask(client, way, image, model)
    times, end = [], time.perf_counter() + seconds

    def work(client):
        while time.perf_counter() < end:
            start = time.perf_counter()
            ask(client, way, image, model)
            times.append(time.perf_counter() - start)

    begun, spent = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=work, args=(client,)) for client in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - begun
    return {
        "clients": clients,
        "answers": len(times),
        "per_second": len(times) / lasted,
        "median_ms": statistics.median(times) * 1000,
        "p95_ms": statistics.quantiles(times, n=20)[-1] * 1000,
        "clients_cores": round((time.process_time() - spent) / lasted, 2),
    }


def run(way, model, path, seconds):
    """Figures of one way, for each number of clients."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(way, model, there))
    process.start()
    there.close()  # so that a server that dies is noticed
    try:
        url = here.recv()
        return [measure(url, way, path, model, clients, seconds) for clients in CLIENTS]
    finally:
        here.send("stop")
        process.join(10)
        process.terminate()


def write_photo(folder):
    """A test image of the bundled set, as a PNG."""
    from genclass.data import sources
    from genclass.files import images

    pixels = sources.load_mini("cifar10-mini").test_images[0].permute(1, 2, 0).numpy()
    path = Path(folder) / "photo.png"
    path.write_bytes(images.png_bytes(pixels))
    return path


def in_words(way, one):
    speed = f"{one['per_second']:6.1f} answers/s, median {one['median_ms']:6.0f} ms, 95 % below {one['p95_ms']:6.0f} ms"
    return f"{way:18} {one['clients']:3} clients on {one['clients_cores']} cores  {speed}, n = {one['answers']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="cifar10-airnet")
    parser.add_argument("--seconds", type=float, default=20, help="of each measurement (default: %(default)s)")
    args = parser.parse_args()
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    with tempfile.TemporaryDirectory() as folder:
        path = write_photo(folder)
        found = {way: run(way, args.model, path, args.seconds) for way in WAYS}
    for way, figures in found.items():
        for one in figures:
            print(in_words(way, one))
    print(json.dumps({"model": args.model, "ways": found}))


if __name__ == "__main__":
    main()
