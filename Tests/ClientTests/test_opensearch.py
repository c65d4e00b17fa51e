"""The official OpenSearch client, unchanged: documents, search, and the asynchronous search plugin."""
import unittest

from opensearchpy import NotFoundError, OpenSearch, helpers

import server


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        host = server.start()
        cls.client = OpenSearch(host, timeout=60, max_retries=0)
        helpers.bulk(cls.client, ({"_index": "films", "_id": n, "year": 1900 + n} for n in range(120)), refresh=True)

    def test_search(self):
        answer = self.client.search(index="films", body={"query": {"range": {"year": {"gte": 2000}}}})
        self.assertEqual(answer["hits"]["total"]["value"], 20)
        self.assertTrue(self.client.ping())

    def test_asynchronous_search(self):
        plugin = self.client.plugins.asynchronous_search if hasattr(self.client, "plugins") else self.client.asynchronous_search
        answer = plugin.search(
            body={"query": {"match_all": {}}}, params={"index": "films", "wait_for_completion_timeout": "30s", "keep_on_completion": "true"})
        self.assertEqual(answer["response"]["hits"]["total"]["value"], 120)
        found = plugin.get(id=answer["id"])
        self.assertEqual(found["response"]["hits"]["total"]["value"], 120)
        self.assertIn("_nodes", plugin.stats())
        self.assertTrue(plugin.delete(id=answer["id"])["acknowledged"])
        with self.assertRaises(NotFoundError):
            plugin.get(id=answer["id"])


if __name__ == "__main__":
    unittest.main()
