from django.apps import AppConfig


class BenchPagesConfig(AppConfig):
    name = "tests.bench.pages"
    label = "bench_pages"
