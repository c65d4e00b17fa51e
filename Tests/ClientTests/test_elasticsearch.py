"""The official Elasticsearch client, unchanged: documents, ES|QL with its query builder, EQL, asynchronous search."""
import unittest

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, helpers
from elasticsearch.esql import ESQL, functions

import server

class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Elasticsearch(server.start(), request_timeout=60, max_retries=0)
        cls.client.options(ignore_status=404).indices.delete(index="books")
        cls.client.indices.create(index="books", mappings={"properties": {
            "title": {"type": "text"}, "author": {"type": "keyword"}, "pages": {"type": "integer"}, "event.category": {"type": "keyword"},
            "@timestamp": {"type": "date"}}})
        documents = ({
            "_index": "books", "_id": str(n), "title": f"book number {n}", "author": f"author {n % 3}", "pages": n * 10,
            "event.category": "process", "@timestamp": f"2020-01-01T00:{n // 60:02}:{n % 60:02}Z"} for n in range(500))
        done, errors = helpers.bulk(cls.client, documents, refresh="wait_for", chunk_size=100)
        assert (done, errors) == (500, [])

    def test_product_and_version(self):
        info = self.client.info()
        self.assertEqual(info["tagline"], "You Know, for Search")
        self.assertTrue(self.client.ping())

    def test_documents(self):
        self.client.index(index="notes", id="1", document={"text": "one"}, refresh=True)
        self.assertEqual(self.client.get(index="notes", id="1")["_source"], {"text": "one"})
        self.assertTrue(self.client.exists(index="notes", id="1"))
        self.assertEqual(self.client.mget(index="notes", ids=["1", "2"])["docs"][1]["found"], False)
        self.client.update(index="notes", id="1", doc={"more": 2}, refresh=True)
        self.assertEqual(self.client.search(index="notes", query={"term": {"more": 2}})["hits"]["total"]["value"], 1)
        self.client.delete(index="notes", id="1", refresh=True)
        with self.assertRaises(NotFoundError):
            self.client.get(index="notes", id="1")
        self.assertEqual(self.client.count(index="books")["count"], 500)
        self.client.indices.delete(index="notes")

    def test_scan(self):
        found = {hit["_id"] for hit in self.client.search(index="books", size=500, query={"match": {"title": "book"}})["hits"]["hits"]}
        self.assertEqual(len(found), 500)

    def test_bulk_says_what_failed(self):
        actions = [{"_op_type": "create", "_index": "books", "_id": "1", "title": "again"}, {"_index": "books", "_id": "new", "pages": "many"}]
        done, errors = helpers.bulk(self.client, actions, raise_on_error=False)
        self.assertEqual((done, [e[next(iter(e))]["status"] for e in errors]), (0, [409, 400]))

    def test_esql_with_the_query_builder(self):
        query = (ESQL.from_("books").where("pages >= 4000").stats(n=functions.count("*"), most=functions.max("pages")).by("author")
                 .sort("author").limit(10))
        answer = self.client.esql.query(query=query)
        self.assertEqual([column["name"] for column in answer["columns"]], ["n", "most", "author"])
        self.assertEqual([row[2] for row in answer["values"]], ["author 0", "author 1", "author 2"])
        self.assertEqual(sum(row[0] for row in answer["values"]), 100)
        row = ESQL.row(a=1, b="two").eval(c='CONCAT(b, "!")')
        self.assertEqual(self.client.esql.query(query=row)["values"], [[1, "two", "two!"]])

    def test_esql_parameters_and_formats(self):
        query = "FROM books | WHERE author == ?who | KEEP pages | SORT pages | LIMIT 2"
        answer = self.client.esql.query(query=query, params=[{"who": "author 1"}])
        self.assertEqual(answer["values"], [[10], [40]])
        self.assertEqual(self.client.esql.query(query=query, params=[{"who": "author 1"}], format="csv").body.splitlines(), ["pages", "10", "40"])
        table = self.client.esql.query(query=query, params=[{"who": "author 1"}], format="arrow")
        self.assertEqual(table.body.to_pydict() if hasattr(table, "body") else table.to_pydict(), {"pages": [10, 40]})
        with self.assertRaises(BadRequestError) as raised:
            self.client.esql.query(query="FROM books | KEEP nothing")
        self.assertEqual(raised.exception.error, "verification_exception")

    def test_esql_helpers_of_asynchronous_queries(self):
        client = self.client
        answer = client.esql.async_query(query="ROW a = 1 | EVAL b = DELAY(300ms)", wait_for_completion_timeout="1ms", keep_alive="1m")
        self.assertTrue(answer["is_running"])
        found = client.esql.async_query_get(id=answer["id"], wait_for_completion_timeout="30s")
        self.assertEqual((found["is_running"], found["values"][0][0]), (False, 1))
        self.assertTrue(client.esql.async_query_delete(id=answer["id"])["acknowledged"])
        with self.assertRaises(NotFoundError):
            client.esql.async_query_get(id=answer["id"])
        running = client.esql.async_query(query="ROW a = 1 | EVAL b = DELAY(60s)", wait_for_completion_timeout="0s")
        self.assertTrue(any(running["id"] for _ in client.esql.list_queries()["queries"]))
        stopped = client.esql.async_query_stop(id=running["id"])
        self.assertFalse(stopped["is_running"])

    def test_eql(self):
        answer = self.client.eql.search(index="books", query='process where pages > 4980', size=20)
        self.assertEqual([event["_id"] for event in answer["hits"]["events"]], ["499"])
        kept = self.client.eql.search(index="books", query="process where pages > 4980", keep_on_completion=True, wait_for_completion_timeout="30s")
        self.assertFalse(self.client.eql.get_status(id=kept["id"])["is_running"])
        self.assertEqual(self.client.eql.get(id=kept["id"])["hits"], answer["hits"])
        self.client.eql.delete(id=kept["id"])

    def test_asynchronous_search(self):
        answer = self.client.async_search.submit(
            index="books", query={"match_all": {}}, size=1, aggs={"authors": {"terms": {"field": "author"}}}, keep_on_completion=True,
            wait_for_completion_timeout="30s")
        self.assertFalse(answer["is_running"])
        self.assertEqual(answer["response"]["hits"]["total"]["value"], 500)
        self.assertEqual(len(answer["response"]["aggregations"]["authors"]["buckets"]), 3)
        self.assertEqual(self.client.async_search.status(id=answer["id"])["completion_status"], 200)
        self.assertEqual(self.client.async_search.get(id=answer["id"])["response"]["hits"], answer["response"]["hits"])
        self.client.async_search.delete(id=answer["id"])
        with self.assertRaises(NotFoundError):
            self.client.async_search.status(id=answer["id"])

    def test_fields_tasks_and_settings(self):
        self.assertTrue(self.client.field_caps(index="books", fields="*")["fields"]["author"]["keyword"]["aggregatable"])
        self.assertIn("nodes", self.client.tasks.list())
        self.assertEqual(self.client.cluster.health()["status"] in ("green", "yellow"), True)
        self.assertIn("persistent", self.client.cluster.get_settings())

    def test_a_runtime_field_is_kept_and_refused_by_name(self):
        mappings = {"runtime": {"weekday": {"type": "keyword", "script": "emit('x')"}}, "properties": {"a": {"type": "integer"}}}
        self.client.indices.create(index="runtime", mappings=mappings)
        self.client.index(index="runtime", document={"a": 1}, refresh=True)
        found = self.client.indices.get_mapping(index="runtime")["runtime"]["mappings"]
        self.assertEqual(found["runtime"], mappings["runtime"])
        self.assertEqual(self.client.search(index="runtime")["hits"]["total"]["value"], 1)
        for question in ({"query": {"term": {"weekday": "x"}}}, {"sort": ["weekday"]}, {"aggs": {"w": {"terms": {"field": "weekday"}}}}):
            with self.assertRaises(BadRequestError) as raised:
                self.client.search(index="runtime", **question)
            self.assertIn("[weekday]", str(raised.exception))
        with self.assertRaises(BadRequestError) as raised:
            self.client.esql.query(query="FROM runtime | KEEP weekday")
        self.assertIn("Unknown column [weekday]", str(raised.exception))
        self.client.indices.delete(index="runtime")

    def test_a_parameter_that_nobody_knows(self):
        with self.assertRaises(ApiError) as raised:
            self.client.perform_request("GET", "/books/_mapping?ignore_unavialable=true", headers={"Accept": "application/json"})
        self.assertIn("did you mean [ignore_unavailable]", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
