"""The webhook server: takes deliveries, keeps them, and hands them to the jobs that review.

It may import `pr_reviewer`; nothing there imports it. The way of a delivery: `app` (routes) → `intake` (size and
signature, while the body streams in) → `github` (pure: bytes → Event) → `inbox` (durable) → 202 → `handover` → the job
engine, which is whatever fulfils `engine.JobEngine`.
"""
