#!/usr/bin/env python3
"""TensorFlow, NumPy and safetensors read what `rowhouse export` writes, and
`rowhouse import` reads what they write.

    tensorflow_reads_test.py ROWHOUSE [PYTHON...]

Needs TensorFlow 2.15, which is no package of the distribution. Runs under the
first PYTHON that has it ($ROWHOUSE_TENSORFLOW_PYTHON before all); exits with 77
and says so when there is none.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77


def has_tensorflow(python):
    return os.access(python, os.X_OK) and subprocess.run(
        [python, "-c", "import tensorflow, numpy"],
        capture_output=True).returncode == 0


def run_under_tensorflow():
    """Starts this file again under a Python that has TensorFlow."""
    candidates = [os.environ.get("ROWHOUSE_TENSORFLOW_PYTHON", "")]
    candidates += sys.argv[2:]
    for python in filter(None, candidates):
        if has_tensorflow(python):
            os.environ["ROWHOUSE_TOOL"] = sys.argv[1]
            os.execv(python, [python, __file__])
    print("skipped: no Python with TensorFlow among", candidates)
    sys.exit(SKIPPED)


if "ROWHOUSE_TOOL" not in os.environ:
    run_under_tensorflow()

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

TOOL = os.environ["ROWHOUSE_TOOL"]
ROWS, DIM = 7, 3


class Interchange(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def tool(self, *words):
        done = subprocess.run(
            [TOOL, "--embedded", self.path("shard"), "--json", *words],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout else {}

    def make_table(self, name, optimizer):
        spec = {"name": name, "dim": DIM, "rows": ROWS,
                "optimizer": optimizer}
        self.tool("table", "create", json.dumps(spec))

    def rows(self, name):
        """Weights, and slots by their place behind them."""
        rows = self.tool("row", "get", name,
                         *[str(i) for i in range(ROWS)])["rows"]
        weights = np.array([row["weights"] for row in rows], np.float32)
        slots = np.array([row["slots"] for row in rows], np.float32)
        return weights, slots.reshape(ROWS, -1, DIM).transpose(1, 0, 2)

    def fill(self, name, slots):
        """Random weights and slots, through .npy files."""
        rng = np.random.default_rng(len(name))
        arrays = rng.standard_normal((1 + len(slots), ROWS, DIM))
        arrays = arrays.astype(np.float32)
        words = []
        for slot, array in zip([""] + slots, arrays):
            path = self.path(f"{name}.{slot}.npy")
            np.save(path, array)
            if slot:
                words += ["--slot", f"{slot}={path}"]
        self.tool("import", name, self.path(f"{name}..npy"), *words)
        return arrays

    def test_checkpoint_of_names(self):
        self.make_table("ftrl", {"type": "ftrl"})
        arrays = self.fill("ftrl", ["accum", "linear"])
        self.make_table("sgd", {"type": "sgd"})
        others = self.fill("sgd", [])
        self.tool("export", self.path("out-1"), "ftrl", "sgd")
        self.assertEqual(tf.train.latest_checkpoint(self.folder.name),
                         self.path("out-1"))
        reader = tf.train.load_checkpoint(self.folder.name)
        self.assertEqual(
            reader.get_variable_to_shape_map(),
            {name: [ROWS, DIM]
             for name in ["ftrl", "ftrl/Ftrl", "ftrl/Ftrl_1", "sgd"]})
        for name, array in [("ftrl", arrays[0]), ("ftrl/Ftrl", arrays[1]),
                            ("ftrl/Ftrl_1", arrays[2]), ("sgd", others[0])]:
            np.testing.assert_array_equal(reader.get_tensor(name), array)

    def test_saver_of_tf1_restores_variables_and_slots(self):
        self.make_table("emb", {"type": "adagrad"})
        arrays = self.fill("emb", ["accumulator"])
        self.tool("export", self.path("out-1"), "emb")
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            variable = tf.compat.v1.get_variable("emb", [ROWS, DIM])
            optimizer = tf.compat.v1.train.AdagradOptimizer(0.1)
            optimizer.minimize(tf.reduce_sum(variable))
            tf.compat.v1.train.Saver().restore(session, self.path("out-1"))
            np.testing.assert_array_equal(session.run(variable), arrays[0])
            slot = optimizer.get_slot(variable, "accumulator")
            np.testing.assert_array_equal(session.run(slot), arrays[1])

    def test_checkpoint_of_objects(self):
        self.make_table("t.a/b", {"type": "adagrad"})
        rng = np.random.default_rng(3)
        arrays = rng.standard_normal((2, ROWS, DIM)).astype(np.float32)
        np.save(self.path("w.npy"), arrays[0])
        np.save(self.path("s.npy"), arrays[1])
        self.tool("import", "t.a/b", self.path("w.npy"), "--slot",
                  "accumulator=" + self.path("s.npy"))
        self.tool("export", self.path("out-1"), "t.a/b", "--objects")
        table = tf.Variable(tf.zeros([ROWS, DIM]))
        slot = tf.Variable(tf.zeros([ROWS, DIM]))
        embedding = tf.Module()
        setattr(embedding, "t.a/b", table)
        setattr(embedding, "t.a/b/accumulator", slot)
        status = tf.train.Checkpoint(embedding=embedding).read(
            self.path("out-1"))
        status.assert_consumed()
        np.testing.assert_array_equal(table.numpy(), arrays[0])
        np.testing.assert_array_equal(slot.numpy(), arrays[1])

    def test_tpu_embedding_for_serving_restores(self):
        self.make_table("users", {"type": "adagrad", "generation": "tpu"})
        arrays = self.fill("users", ["accumulators"])
        self.tool("export", self.path("out-1"), "users", "--objects")
        table = tf.tpu.experimental.embedding.TableConfig(ROWS, DIM,
                                                          name="users")
        serving = tf.tpu.experimental.embedding.TPUEmbeddingForServing(
            {"f": tf.tpu.experimental.embedding.FeatureConfig(table)},
            tf.tpu.experimental.embedding.Adagrad(0.1))
        serving.build()
        tf.train.Checkpoint(embedding=serving).read(
            self.path("out-1")).assert_existing_objects_matched()
        np.testing.assert_array_equal(
            serving.embedding_tables[table].numpy(), arrays[0])

    def test_arrays_of_numpy_and_safetensors(self):
        self.make_table("emb", {"type": "adagrad"})
        arrays = self.fill("emb", ["accumulator"])
        self.tool("export", self.path("e.npy"), "emb")
        np.testing.assert_array_equal(np.load(self.path("e.npy")), arrays[0])
        np.testing.assert_array_equal(np.load(self.path("e.accumulator.npy")),
                                      arrays[1])
        self.tool("export", self.path("e.safetensors"), "emb")
        try:
            from safetensors.numpy import load_file
        except ImportError:
            print("without the package safetensors, its file is not read")
            return
        read = load_file(self.path("e.safetensors"))
        np.testing.assert_array_equal(read["emb"], arrays[0])
        np.testing.assert_array_equal(read["emb/accumulator"], arrays[1])

    def test_checkpoints_of_a_trained_saver_are_imported(self):
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            partitioner = tf.compat.v1.fixed_size_partitioner(3)
            variable = tf.compat.v1.get_variable("v", [ROWS, DIM],
                                                 partitioner=partitioner)
            table = tf.convert_to_tensor(variable)
            optimizer = tf.compat.v1.train.FtrlOptimizer(0.1)
            step = optimizer.minimize(tf.reduce_sum(table * table))
            session.run(tf.compat.v1.global_variables_initializer())
            session.run(step)
            saver = tf.compat.v1.train.Saver()
            saver.save(session, self.path("model.ckpt"), global_step=4)
            weights = session.run(table)
            slots = [np.concatenate(session.run(
                [optimizer.get_slot(part, name) for part in variable]))
                for name in ["accum", "linear"]]
        self.make_table("emb", {"type": "ftrl"})
        self.tool("import", "emb", self.folder.name, "--tensor", "v",
                  "--find-slots")
        read, read_slots = self.rows("emb")
        np.testing.assert_array_equal(read, weights)
        np.testing.assert_array_equal(read_slots, slots)

    def test_checkpoints_of_keras_are_imported(self):
        layer = tf.keras.layers.Embedding(ROWS, DIM)
        model = tf.keras.Sequential([layer])
        for kind, generation in [(tf.keras.optimizers.legacy, "keras_legacy"),
                                 (tf.keras.optimizers, "keras")]:
            optimizer = kind.Adagrad(0.1)
            model.compile(optimizer, "mse")
            model.fit(np.array([[1], [3]]), np.ones((2, 1, DIM)), verbose=0)
            prefix = tf.train.Checkpoint(
                model=model, optimizer=optimizer).save(self.path(generation))
            name = "emb_" + generation
            self.make_table(name, {"type": "adagrad",
                                   "generation": generation})
            self.tool("import", name, prefix, "--tensor",
                      "model/layer_with_weights-0/embeddings", "--find-slots")
            read, slots = self.rows(name)
            np.testing.assert_array_equal(read, layer.embeddings.numpy())
            self.assertGreater(slots[0][3][0], slots[0][2][0])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
