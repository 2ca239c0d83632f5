"""The article's CNN in Keras, trained as the article does; run by benchmarks/classifier_race.py in its own environment.

    python keras_cnn.py DATA.npz EPOCHS

DATA.npz holds train_images, train_labels, test_images, test_labels (uint8, NHWC). Prints one line of JSON for each
measurement: seconds of training alone, and the accuracy on the test set, which is measured with the clock stopped.
"""

import json
import sys
import time

import keras
import numpy as np
from keras import layers

MEASURE_EVERY = 300


class Clock(keras.callbacks.Callback):
    """Measures the accuracy every few steps and leaves that out of the time."""

    def __init__(self, images, labels):
        super().__init__()
        self.images, self.labels = images, labels
        self.seconds, self.steps, self.since = 0.0, 0, time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps % MEASURE_EVERY == 0:
            self.measure()

    def measure(self):
        self.seconds += time.perf_counter() - self.since
        chosen = self.model.predict(self.images, batch_size=500, verbose=0).argmax(1)
        accuracy = float((chosen == self.labels).mean())
        print(json.dumps({"seconds": self.seconds, "step": self.steps, "accuracy": accuracy}), flush=True)
        self.since = time.perf_counter()


def build():
    convolutions = [
        layer
        for filters in (32, 64, 128)
        for layer in (layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2))
    ]
    dense = [layers.Flatten(), layers.Dense(1024, activation="relu"), layers.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((32, 32, 3)), *convolutions, *dense])


def main():
    data = np.load(sys.argv[1])
    train, test = (data[f"{part}_images"].astype("float32") / 255 for part in ("train", "test"))
    model = build()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    clock = Clock(test, data["test_labels"])
    model.fit(train, data["train_labels"], batch_size=32, epochs=int(sys.argv[2]), callbacks=[clock], verbose=0)
    clock.measure()


if __name__ == "__main__":
    main()
