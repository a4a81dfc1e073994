/** One story in examples of answers: a rule's threshold is to be lowered, and Alice approves. */

const exampleChangeIds = {
  change: "019aa4f2-7c1e-7d4a-9b3f-2e5d8c6a1f04",
  stage: "019aa4f2-7d00-7a44-8c3d-6e7f80910213",
  event: "019aa4f3-0c0d-7f33-9b2c-5d6e7f809102",
};
const alice = "019aa3f1-40bb-7e22-8a1b-4c5d6e7f8091";

const before = { name: "Credit Score Rule", config: { threshold: 700 } };
const after = { name: "Credit Score Rule", config: { threshold: 650 } };

export const exampleChange = {
  id: exampleChangeIds.change,
  entityType: "qualificationRule",
  entityId: "qr_001",
  entityName: "Credit Score Rule",
  action: "update" as const,
  status: "approved" as const,
  requesterId: "019aa3f1-22aa-7c11-9d0e-3f4a5b6c7d8e",
  requesterName: "Rules pipeline",
  requesterFullName: "Rules pipeline",
  payload: { config: { threshold: 650 } },
  createdAt: "2026-03-15T10:00:00.000Z",
  entityVersion: 3,
  approverId: alice,
  approverName: "Alice Approver",
  approverFullName: "Alice Approver",
  approvedVia: { kind: "session", id: null, name: null },
  comments: "Looks good, deploying to production",
  resolvedAt: "2026-03-16T14:30:00.000Z",
  applyStatus: "applied" as const,
  appliedAt: "2026-03-16T14:30:00.000Z",
  appliedVersion: 4,
  before,
  after,
  applier: null,
  stages: [
    {
      id: exampleChangeIds.stage,
      stageName: "Approval",
      requiredRole: "admin" as const,
      status: "approved" as const,
      decidedBy: alice,
      decidedAt: "2026-03-16T14:30:00.000Z",
    },
  ],
  url: `https://sayso.example.com/requests/${exampleChangeIds.change}`,
};

export const exampleEntity = {
  entityType: "qualificationRule",
  entityId: "qr_001",
  entityName: "Credit Score Rule",
  entityVersion: 4,
  body: after,
  applyingChangeId: null,
  createdAt: "2026-03-01T08:00:00.000Z",
  updatedAt: "2026-03-16T14:30:00.000Z",
};

export const exampleEntityType = {
  name: "priceList",
  kind: "own" as const,
  applierUrl: "https://prices.example.com/apply",
  createdAt: "2026-03-01T08:00:00.000Z",
};

export const exampleAuditLog = {
  id: exampleChangeIds.event,
  changeId: exampleChangeIds.change,
  action: "update" as const,
  entityType: "qualificationRule",
  entityId: "qr_001",
  entityName: "Credit Score Rule",
  entityVersion: 4,
  before,
  after,
  userId: alice,
  userName: "Alice Approver",
  userFullName: "Alice Approver",
  timestamp: "2026-03-16T14:30:00.000Z",
  integrityHash: "6b1f0c7f5f0d4f7a9b1e3f2a5c8d7e6f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d",
  prevHash: "0c9d6b1f5f0d4f7a9b1e3f2a5c8d7e6f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c7f",
};
