# Every command of the project; README says what each is for.
#
# Needs Python >= 3.11 and make. Everything else comes from package registries, locked with
# hashes, into .venv; what the platform writes goes to var/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test check lint audit bench rules lock clean

ifndef PYTHON
PYTHON := $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $(name))))
endif
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/installed

# The embedded database is what setup prepares, whatever the shell's environment says.
EMBEDDED := env -u DATABASE_URL -u REDIS_URL DEMO=0

help:
	@echo '用法:make run      启动平台(首次自动安装),PORT=、DATABASE_URL=、REDIS_URL= 可选'
	@echo '      make setup    只安装依赖并准备内置数据库,不启动'
	@echo '      make test     全部测试(SQLite 一遍,PostgreSQL 与 Redis 一遍,含浏览器)'
	@echo '      make check    代码、模板、结构、安全设置、接口描述与依赖检查'
	@echo '      make bench    性能基准(比值),写入 bench/results/'
	@echo '      make rules    制度条款与代码、测试对照表'

# Debian keeps venv apart from python3; where we may, we fetch it.
$(INSTALLED): requirements.txt
	@[ -n '$(PYTHON)' ] || { echo '需要 Python 3.11 或更新版本。' >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV); \
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } || { \
	  echo '缺少 venv 模块,请先执行:sudo apt-get install python3-venv' >&2; exit 1; }; \
	$(PYTHON) -m venv $(VENV); }
	@echo '正在安装锁定的依赖(首次约一两分钟)……'
	@{ command -v uv >/dev/null && uv pip install -q --python $(PY) --require-hashes \
	  -r requirements.txt; } || $(PY) -m pip install --quiet --disable-pip-version-check \
	  --no-input --require-hashes -r requirements.txt
	@touch $@

setup: $(INSTALLED)
	@$(EMBEDDED) $(PY) manage.py runall --prepare
	@echo '已就绪:make run 启动,或用 $(PY) manage.py 执行命令。'

# With a DATABASE_URL the demo county is loaded only when DEMO=1 is said as well.
run: $(INSTALLED)
	@DEMO="$${DEMO:-$${DATABASE_URL:+0}}"; export DEMO="$${DEMO:-1}"; \
	exec $(PY) manage.py runall

# The first line runs on any Python, before anything is installed: it installs what only the
# distribution has, or says the line to run.
test:
	@$(or $(PYTHON),python3) -m tests.system
	@$(MAKE) --no-print-directory $(INSTALLED)
	@exec $(PY) -m tests $(ARGS)

check: lint audit

lint: $(INSTALLED)
	@$(PY) -m tests.checks lint

audit: $(INSTALLED)
	@$(PY) -m tests.checks audit

bench: $(INSTALLED)
	@exec $(PY) -m bench.run $(ARGS)

rules: $(INSTALLED)
	@$(EMBEDDED) $(PY) manage.py rules $(ARGS)

# Not part of setup: run it after changing pyproject.toml.
lock: $(INSTALLED)
	uv pip compile pyproject.toml --group dev --generate-hashes --no-header --universal \
		--python-version 3.11 -o requirements.txt -q

clean:
	rm -rf $(VENV) var .pytest_cache .ruff_cache .import_linter_cache
