"""A client with nothing but reflection: it lists the services of a real server,
describes every method, and calls them with fields by their names.

Usage: reflection_client_test.py PATH-OF-ROWHOUSE-SERVER PATH-OF-reflection_pb2.py
"""

import importlib.util
import subprocess
import sys
import tempfile
import unittest

try:
    import grpc
    from google.protobuf import descriptor_pb2
    from google.protobuf import descriptor_pool
    from google.protobuf import json_format
    from google.protobuf import message_factory
except ImportError as error:
    sys.exit(f"{error}: install python3-grpcio and python3-protobuf")

SERVER = ""
reflection_pb2 = None

METHODS = {
    "rowhouse.v1.EmbeddingService": [
        "OpenSession", "Heartbeat", "EndSession", "Lookup", "Push",
        "ReadRows", "WriteRows"],
    "rowhouse.v1.AdminService": [
        "CreateTable", "DescribeTable", "ListTables", "DropTable",
        "CreateCheckpoint", "DeleteCheckpoint", "RestoreCheckpoint",
        "ListCheckpoints", "GetShardInfo"],
    "grpc.health.v1.Health": ["Check", "Watch"],
}


class ReflectionClient:
    """Learns everything it knows from the server."""

    def __init__(self, channel):
        self._channel = channel
        self._info = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=(
                reflection_pb2.ServerReflectionRequest.SerializeToString),
            response_deserializer=(
                reflection_pb2.ServerReflectionResponse.FromString))
        self._pool = descriptor_pool.DescriptorPool()
        self._files = set()
        self._messages = message_factory.MessageFactory(self._pool)

    def _ask(self, **request):
        request = reflection_pb2.ServerReflectionRequest(**request)
        (response,) = self._info(iter([request]))
        if response.HasField("error_response"):
            raise LookupError(response.error_response.error_message)
        return response

    def services(self):
        listed = self._ask(list_services="").list_services_response
        return sorted(service.name for service in listed.service)

    def _learn(self, **request):
        """Adds a file and all that it imports, those first."""
        found = self._ask(**request).file_descriptor_response
        for serialized in found.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
            if file.name in self._files:
                continue
            self._files.add(file.name)
            for name in file.dependency:
                self._learn(file_by_filename=name)
            self._pool.Add(file)

    def describe(self, service):
        self._learn(file_containing_symbol=service)
        return self._pool.FindServiceByName(service)

    def call(self, service, method, /, **fields):
        """Calls a unary method; request and answer are dictionaries."""
        described = self.describe(service).FindMethodByName(method)
        request = self._messages.GetPrototype(described.input_type)()
        json_format.ParseDict(fields, request)
        answer = self._messages.GetPrototype(described.output_type)
        call = self._channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString)
        return json_format.MessageToDict(
            call(request, timeout=30), preserving_proto_field_name=True)


class ReflectionClientTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.server = subprocess.Popen(
            [SERVER, "--listen", "127.0.0.1:0",
             "--data-dir", directory.name + "/data"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        line = self.server.stdout.readline()
        self.assertRegex(line, r"^listening \S+\n$")
        channel = grpc.insecure_channel(line.split()[1])
        self.addCleanup(channel.close)
        self.client = ReflectionClient(channel)

    def test_lists_every_service(self):
        self.assertLessEqual(set(METHODS), set(self.client.services()))

    def test_describes_every_method(self):
        for service in self.client.services():
            described = self.client.describe(service)
            names = [method.name for method in described.methods]
            self.assertTrue(names, service)
            if service in METHODS:
                self.assertEqual(names, METHODS[service])
            for method in described.methods:
                # Types are known down to their fields.
                for message in method.input_type, method.output_type:
                    for field in message.fields:
                        self.assertTrue(field.name, message.full_name)

    def test_calls_with_readable_fields(self):
        call = self.client.call
        embedding = "rowhouse.v1.EmbeddingService"
        admin = "rowhouse.v1.AdminService"
        call(admin, "CreateTable", incarnation=7, spec={
            "name": "user", "dim": 2, "uniform": {"low": -1, "high": 1},
            "sgd": {"learning_rate": 0.5}})
        session = call(embedding, "OpenSession")["session"]
        # Rows are set, moved by one gradient and looked up.
        header = {"map_version": 1, "session": session}
        call(embedding, "WriteRows", table="user", dim=2, ids=[1, -1],
             weights=[1, 2, 3, 4], header=header)
        pushed = call(
            embedding, "Push", header=dict(header, sequence=1),
            inputs=[{"table": "user", "dim": 2, "ids": [-1],
                     "gradients": [2, -2]}])
        self.assertEqual(pushed["result"]["durability"], "DURABILITY_PROCESS")
        looked_up = call(embedding, "Lookup", inputs=[
            {"table": "user", "dim": 2, "ids": [1, -1]},
            {"table": "user", "dim": 2, "pooling": "POOLING_SUM",
             "ids": [1, -1, 1], "weights": [1, 10, 0.5],
             "row_splits": [0, 2, 3]}])
        self.assertEqual(looked_up, {"outputs": [
            {"dim": 2, "values": [1, 2, 2, 5]},
            {"dim": 2, "values": [21, 52, 0.5, 1]}]})

        table = call(admin, "DescribeTable", name="user")["table"]
        self.assertEqual(table["incarnation"], "7")
        self.assertEqual(table["rows_stored"], "2")
        self.assertEqual(table["spec"], {
            "name": "user", "dim": 2, "uniform": {"low": -1, "high": 1},
            "sgd": {"learning_rate": 0.5}, "nan_policy": "NAN_POLICY_REJECT",
            "durability": "DURABILITY_PROCESS",
            "placement": "PLACEMENT_HASHED"})
        info = call(admin, "GetShardInfo")
        self.assertEqual(info["state"], "serving")
        self.assertEqual(info["bucket_end"], 16384)

    def test_errors_have_code_and_numbers(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.client.call("rowhouse.v1.EmbeddingService", "Lookup",
                             inputs=[{"table": "nobody", "dim": 2}])
        self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)
        self.assertEqual(raised.exception.details(), "no table 'nobody'")

    def test_health(self):
        for service in ("", "rowhouse.v1.EmbeddingService",
                        "rowhouse.v1.AdminService"):
            self.assertEqual(
                self.client.call("grpc.health.v1.Health", "Check",
                                 service=service), {"status": "SERVING"})


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    SERVER = sys.argv.pop(1)
    spec = importlib.util.spec_from_file_location("reflection_pb2",
                                                  sys.argv.pop(1))
    reflection_pb2 = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reflection_pb2)
    unittest.main()
