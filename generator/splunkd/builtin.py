"""What a new server is configured with: indexes, roles, the event collector's settings, as conf files would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INDEXES = ("main", "_internal", "_audit", "_introspection", "history", "summary", "risk", "notable")

CAPABILITIES = (
    "accelerate_datamodel",
    "accelerate_search",
    "admin_all_objects",
    "change_authentication",
    "change_own_password",
    "delete_by_keyword",
    "edit_forwarders",
    "edit_httpauths",
    "edit_indexer_cluster",
    "edit_local_apps",
    "edit_monitor",
    "edit_own_objects",
    "edit_roles",
    "edit_search_schedule_window",
    "edit_server",
    "edit_sourcetypes",
    "edit_tcp",
    "edit_token_http",
    "edit_tokens_all",
    "edit_tokens_own",
    "edit_user",
    "edit_view_html",
    "embed_report",
    "export_results_is_visible",
    "get_metadata",
    "get_typeahead",
    "indexes_edit",
    "input_file",
    "license_edit",
    "list_httpauths",
    "list_inputs",
    "list_settings",
    "list_storage_passwords",
    "output_file",
    "pattern_detect",
    "request_remote_tok",
    "rest_apps_management",
    "rest_apps_view",
    "rest_properties_get",
    "rest_properties_set",
    "restart_splunkd",
    "rtsearch",
    "run_collect",
    "run_mcollect",
    "schedule_rtsearch",
    "schedule_search",
    "search",
    "upload_lookup_files",
)

_USER = (
    "change_own_password",
    "edit_own_objects",
    "export_results_is_visible",
    "get_metadata",
    "get_typeahead",
    "input_file",
    "list_inputs",
    "output_file",
    "request_remote_tok",
    "rest_apps_view",
    "rest_properties_get",
    "run_collect",
    "search",
    "upload_lookup_files",
)
_POWER = ("embed_report", "pattern_detect", "rtsearch", "schedule_search")


def _role(capabilities: tuple[str, ...], **settings: str) -> dict[str, str]:
    return {**settings, **dict.fromkeys(capabilities, "enabled")}


BUILTIN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "indexes": {
        "default": {
            "frozenTimePeriodInSecs": "188697600",
            "maxTotalDataSizeMB": "500000",
            "maxHotBuckets": "auto",
            "maxDataSize": "auto",
            "defaultDatabase": "main",
            "datatype": "event",
        },
        **{name: {} for name in INDEXES},
    },
    "authorize": {
        "role_user": _role(
            _USER, srchIndexesAllowed="*", srchIndexesDefault="main", srchJobsQuota="3", srchDiskQuota="100"
        ),
        "role_power": _role(
            _POWER,
            importRoles="user",
            srchIndexesAllowed="*",
            srchIndexesDefault="main",
            srchJobsQuota="10",
            srchDiskQuota="500",
        ),
        "role_admin": _role(
            tuple(name for name in CAPABILITIES if name not in {*_USER, *_POWER, "delete_by_keyword"}),
            importRoles="power;user",
            srchIndexesAllowed="*;_*",
            srchIndexesDefault="main",
            srchJobsQuota="50",
            srchDiskQuota="10000",
        ),
        "role_can_delete": _role(
            ("delete_by_keyword", "schedule_rtsearch"), srchIndexesAllowed="", srchIndexesDefault=""
        ),
    },
    "inputs": {
        "http": {
            "disabled": "0",
            "enableSSL": "1",
            "port": "8088",
            "dedicatedIoThreads": "2",
            "useDeploymentServer": "0",
        }
    },
    "server": {"general": {"serverName": "contentpack", "sessionTimeout": "1h"}},
    "savedsearches": {},
    "macros": {},
    "eventtypes": {},
    "props": {},
    "transforms": {},
    "tags": {},
    "datamodels": {},
    "collections": {},
    "alert_actions": {
        "risk": {"is_custom": "1", "label": "Risk Analysis"},
        "notable": {"is_custom": "1", "label": "Notable"},
    },
    "analyticstories": {},
    "limits": {},
    "web": {},
    "app": {},
}

SAVED_SEARCH: Mapping[str, str] = {
    "action.email": "0",
    "action.notable": "0",
    "action.populate_lookup": "0",
    "action.risk": "0",
    "action.rss": "0",
    "action.script": "0",
    "action.summary_index": "0",
    "actions": "",
    "alert.digest_mode": "1",
    "alert.expires": "24h",
    "alert.severity": "3",
    "alert.suppress": "",
    "alert.suppress.fields": "",
    "alert.suppress.group_name": "",
    "alert.suppress.period": "",
    "alert.track": "auto",
    "alert_comparator": "",
    "alert_condition": "",
    "alert_threshold": "",
    "alert_type": "always",
    "allow_skew": "0",
    "auto_summarize": "0",
    "cron_schedule": "",
    "description": "",
    "dispatch.buckets": "0",
    "dispatch.earliest_time": "",
    "dispatch.latest_time": "",
    "dispatch.lookups": "1",
    "dispatch.max_count": "500000",
    "dispatch.max_time": "0",
    "dispatch.reduce_freq": "10",
    "dispatch.rt_backfill": "0",
    "dispatch.spawn_process": "1",
    "dispatch.time_format": "%FT%T.%Q%:z",
    "dispatch.ttl": "2p",
    "displayview": "",
    "is_scheduled": "0",
    "is_visible": "1",
    "max_concurrent": "1",
    "next_scheduled_time": "",
    "qualifiedSearch": "",
    "realtime_schedule": "1",
    "request.ui_dispatch_app": "",
    "request.ui_dispatch_view": "",
    "restart_on_searchpeer_add": "1",
    "run_on_startup": "0",
    "schedule_priority": "default",
    "schedule_window": "0",
    "vsid": "",
}
"""What a saved search has where it says nothing (savedsearches.conf.spec)."""
