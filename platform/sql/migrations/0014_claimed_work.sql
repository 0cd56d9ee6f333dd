-- Who looks for what is due also asks how much of each tenant is under way, and what a killed process left claimed: a few rows of many.
create index work_claimed on tenantry.work (kind, claimed_until) where claimed_until is not null;
