export * from "./actors/actor.ts";
export type { Failpoint } from "./capabilities.ts";
export * from "./errors.ts";
export { derivedId, newId } from "./ids.ts";
export { networkOf } from "./signing-in/sign-in-throttle.ts";
export { inOrganization } from "./transactions/in-organization.ts";
export { createServices, type FullContext as Context, type Services } from "./services.ts";
export { loadVisible } from "./approvals/load-visible.ts";

export { cancelApproval } from "./approvals/cancel.ts";
export { createApproval, type CreatedApproval } from "./asking/create.ts";
export type { CreateApprovalInput } from "./asking/new-approval.ts";
export { decideApproval, type DecideInput } from "./approvals/decide.ts";
export { sweepDeadlines, sweepStopped } from "./approvals/due.ts";
export { getApproval } from "./approvals/get.ts";
export { readLastChange, type LastChange } from "./approvals/last-change.ts";
export { listApprovals, type ApprovalFilter, type ApprovalPage } from "./approvals/list.ts";
export type { Performed } from "./approvals/perform.ts";
export type { ApprovalRecord } from "./approvals/record.ts";
export { reviseApproval, type Revision } from "./asking/revise.ts";
export * from "./priority.ts";
export { snakeCase, withCamelCase, withSnakeCase, type SnakeCase } from "./field-names.ts";
export * from "./requests/values.ts";
export * from "./state-machine/state.ts";

export { addComment } from "./comments/add-comment.ts";
export { listComments, type Comment } from "./comments/list-comments.ts";
export { delegateVote } from "./steps/delegate-vote.ts";
export { listDeciders, type Deciders, type DecidingStep } from "./steps/list-deciders.ts";
export { readTimeline, type Timeline, type TimelineEntry } from "./approvals/read-timeline.ts";
export {
  getDifference,
  type DifferingChange,
  type RequestDifference,
} from "./changes/get-difference.ts";
export {
  countUnsent,
  holdDeliveries,
  readDeliveryHold,
  releaseDeliveries,
  type DeliveryHold,
} from "./deliveries/hold.ts";
export { summarizeDeliveries, type DeliverySummary } from "./deliveries/summarize-deliveries.ts";
export { listSteps } from "./steps/list-steps.ts";
export type { NewStep } from "./assignments/new-step.ts";
export { replaceSteps } from "./steps/replace-steps.ts";

export {
  getEmergencyStop,
  setEmergencyStop,
  type EmergencyStop,
} from "./organizations/emergency-stop.ts";

export * from "./credentials/api-key.ts";

export {
  claimDeliveries,
  endClaims,
  type DeliveryPlace,
  type OpenDelivery,
  LEASE_SECONDS,
  type ClaimedDelivery,
} from "./deliveries/claim-deliveries.ts";
export {
  createAttemptRecorder,
  type Attempt,
  type RecordAttempt,
} from "./deliveries/record-attempts.ts";

export type { Template } from "./templates/template.ts";
export type { TemplateDefaults } from "./asking/template-defaults.ts";

export {
  createConnection,
  type CreateConnectionInput,
  type CreatedConnection,
} from "./connections/create-connection.ts";
export { getConnection } from "./connections/get-connection.ts";
export { listConnections } from "./connections/list-connections.ts";
export { whyNoAdmin } from "./actors/require-admin.ts";
export { findSelfDeciding } from "./connections/find-self-deciding.ts";
export { updateConnection } from "./connections/update-connection.ts";
export { leaveLocalhost, type LeftLocalhost } from "./connections/leave-localhost.ts";
export { deleteConnection } from "./connections/delete-connection.ts";
export { rotateKey, KEY_GRACE_MINUTES_DEFAULT, type RotatedKey } from "./connections/rotate-key.ts";
export {
  rotateWebhookSecret,
  type RotatedWebhookSecret,
} from "./connections/rotate-webhook-secret.ts";
export { readWebhookSecrets } from "./connections/read-webhook-secrets.ts";
export { createKey } from "./connections/create-key.ts";
export { listKeys, type ConnectionKey } from "./connections/list-keys.ts";
export { revokeKey } from "./connections/revoke-key.ts";
export type { NewKey } from "./connections/store-key.ts";
export type { ConnectionSettings } from "./connections/connection-settings.ts";
export {
  connectionPresets,
  type Connection,
  type ConnectionPreset,
} from "./connections/connection.ts";
export {
  createAuthenticator,
  SESSION_RATE_LIMIT_PER_HOUR,
  type Authenticated,
  type Authenticator,
} from "./authentication/authenticate.ts";

export { CALLS_KEPT, forgetCalls } from "./calls/forget-calls.ts";
export { listCalls, type CallFilter, type LoggedCall } from "./calls/list-calls.ts";
export { createCallRecorder, type CallRecorder, type EndedCall } from "./calls/record-calls.ts";
export { readConnectionUsage, type ConnectionUsage } from "./connections/read-usage.ts";
export { createDatabaseClock, type DatabaseClock } from "./rate-limits/database-clock.ts";
export { forgetPastRates } from "./rate-limits/lease.ts";
export {
  createRateLimiter,
  type RateDecision,
  type RateLimiter,
} from "./rate-limits/rate-limiter.ts";
export type { RateWindow } from "./rate-limits/rate-window.ts";

export { projectPlans, type ProjectPlan } from "./projects/project-plan.ts";
export { readProjectMonth, type ProjectMonth } from "./projects/read-month.ts";
export { setProjectPlan } from "./projects/set-plan.ts";
export { listRequests } from "./projects/list-requests.ts";
export { flowStatuses, objectActions, type Flow, type FlowStep, type Tag } from "./flows/flow.ts";
export { createFlow, type FlowInput } from "./flows/create-flow.ts";
export { deleteFlow } from "./flows/delete-flow.ts";
export { getFlow } from "./flows/get-flow.ts";
export { listFlows } from "./flows/list-flows.ts";
export { updateFlow } from "./flows/update-flow.ts";
export { diffObjects, type Difference } from "./runs/diff-objects.ts";
export { getRun } from "./runs/get-run.ts";
export { listRuns } from "./runs/list-runs.ts";
export type { Place, Walk, WalkedPage } from "./lists/walk.ts";
export type { Run } from "./runs/run.ts";
export { startRun, type StartRunInput } from "./runs/start-run.ts";

export { createTemplate } from "./templates/create-template.ts";
export { listTemplates } from "./templates/list-templates.ts";
export { updateTemplate } from "./templates/update-template.ts";
export { deleteTemplate } from "./templates/delete-template.ts";
export type { TemplateInput } from "./templates/template-input.ts";

export { getOrganization, type Organization } from "./organizations/get-organization.ts";
export { updateOrganization } from "./organizations/update-organization.ts";
export { rotateOrganizationSecret } from "./organizations/rotate-organization-secret.ts";
export { listActionTypes } from "./organizations/list-action-types.ts";

export {
  deliveryStatuses,
  listDeliveries,
  type ListedDelivery,
  type DeliveryAttempt,
  type DeliveryFilter,
  type DeliveryPage,
  type DeliveryStatus,
} from "./deliveries/list-deliveries.ts";
export { callbackAddressFor } from "./deliveries/address.ts";
export { getDelivery, type InspectedDelivery } from "./deliveries/get-delivery.ts";
export { replayDelivery } from "./deliveries/replay-delivery.ts";
export { replayFailed, REPLAYED_MAX } from "./deliveries/replay-failed.ts";
export { searchDeliveries, type FoundDelivery } from "./deliveries/search-deliveries.ts";

export { followEvents, type FollowedEvents } from "./events/follow-events.ts";
export { readEvents, type EventPage, type EventSelection } from "./events/read-events.ts";
export { readNewestEvents } from "./events/read-newest-events.ts";
export type { EventItem, FeedEntry } from "./events/read-feed.ts";
export { sequenceEvents, type FeedHeads, type SequencedRound } from "./events/sequence-events.ts";

export {
  createSubscription,
  type CreateSubscriptionInput,
  type CreatedSubscription,
} from "./subscriptions/create-subscription.ts";
export { deleteSubscription } from "./subscriptions/delete-subscription.ts";
export { endOrphanedSubscriptions } from "./subscriptions/end-orphans.ts";
export { getSubscription, listSubscriptions } from "./subscriptions/list-subscriptions.ts";
export { rotateSubscriptionSecret } from "./subscriptions/rotate-subscription-secret.ts";
export type { Subscription, SubscriptionFilter } from "./subscriptions/subscription.ts";
export { testSubscription } from "./subscriptions/test-subscription.ts";

export {
  checkpointAudit,
  parseCheckpoints,
  type AuditCheckpoint,
} from "./audit/checkpoint-audit.ts";
export { verifyAudit, type AuditFault, type AuditReport } from "./audit/verify-audit.ts";

export { createPerson, type CreatedPerson, type NewPerson } from "./members/create-person.ts";
export { disablePerson, enablePerson } from "./members/disable-person.ts";
export { findPerson } from "./members/find-person.ts";
export {
  createFirstOrganization,
  firstAdminLink,
  type FirstOrganization,
} from "./members/first-admin.ts";
export {
  listActivity,
  listNamedActivity,
  type ActivityFilter,
  type ActivityItem,
  type ActivityPage,
} from "./activity/list-activity.ts";
export { exportActivity, type ActivityFormat } from "./activity/export-activity.ts";
export { verifyOwnAudit, type OwnAuditPart } from "./audit/verify-own-audit.ts";
export type { DurationFigures } from "./figures/durations.ts";
export { getFigures, type Figures, type FiguresRange } from "./figures/get-figures.ts";
export { getMe, type Me } from "./account/get-me.ts";
export { searchMembers, type MemberPage } from "./members/search-members.ts";
export { readNamesakes, type Namesake } from "./people/list-namesakes.ts";
export { listMembers, type Member, type MemberFilter } from "./members/list-members.ts";
export { readOneTimeLink } from "./members/open-link.ts";
export type { LinkPurpose, NewLink, OpenLink } from "./signing-in/one-time-links.ts";
export { beginPasskeyRegistration, mayAddPasskey } from "./passkeys/begin-registration.ts";
export { beginPasskeySignIn, type PasskeyPrompt } from "./passkeys/begin-sign-in.ts";
export { finishPasskeyRegistration } from "./passkeys/finish-registration.ts";
export { finishPasskeySignIn, type PasskeyAnswer } from "./passkeys/finish-sign-in.ts";
export { listPasskeys } from "./passkeys/list-passkeys.ts";
export type { Passkey } from "./passkeys/passkey.ts";
export { findPasskeyObstacle } from "./passkeys/relying-party.ts";
export { removePasskey } from "./passkeys/remove-passkey.ts";
export { renamePasskey } from "./passkeys/rename-passkey.ts";
export { authenticateToken, type AuthenticatedToken } from "./authentication/authenticate-token.ts";
export { createToken, type NewToken } from "./personal-tokens/create-token.ts";
export { listTokens, type PersonalToken } from "./personal-tokens/list-tokens.ts";
export { revokeToken } from "./personal-tokens/revoke-token.ts";
export { resetPassword } from "./members/reset-password.ts";
export { showsLinks } from "./signing-in/shows-links.ts";
export {
  authenticateSession,
  endSession,
  SESSION_DAYS,
  type Device,
  type Session,
} from "./signing-in/sessions.ts";
export { setPassword, type NewPassword } from "./members/set-password.ts";
export { signIn, type SignedIn } from "./signing-in/sign-in.ts";
export { confirmIdentity, type IdentityProof } from "./account/confirm-identity.ts";
export { isRecent } from "./actors/recent-proof.ts";
export { changePassword, type ChangedPassword } from "./account/change-password.ts";
export { endOtherSessions, endOwnSession } from "./account/end-own-session.ts";
export { acceptInvitation } from "./invitations/accept-invitation.ts";
export type { Invitation, InvitationLink } from "./invitations/invitation.ts";
export { invitePerson, type NewInvitation } from "./invitations/invite-person.ts";
export { joinByInvitation } from "./invitations/join-by-invitation.ts";
export { listInvitations } from "./invitations/list-invitations.ts";
export { readInvitation, type FoundInvitation } from "./invitations/read-invitation.ts";
export { sendInvitationAgain } from "./invitations/send-invitation-again.ts";
export { withdrawInvitation } from "./invitations/withdraw-invitation.ts";
export { inviteAgain } from "./members/invite-again.ts";
export { listOwnOrganizations, type OwnOrganization } from "./account/list-own-organizations.ts";
export { listSessions, type SessionSummary } from "./account/list-sessions.ts";
export { removeMember } from "./members/remove-member.ts";
export { renameSelf } from "./account/rename-self.ts";
export { requestPasswordReset } from "./signing-in/request-password-reset.ts";
export { switchOrganization } from "./account/switch-organization.ts";
export { transferConnections } from "./members/transfer-connections.ts";
export { updateMember, type MemberChanges } from "./members/update-member.ts";
export { createTeam } from "./teams/create-team.ts";
export { deleteTeam } from "./teams/delete-team.ts";
export { renameTeam } from "./teams/rename-team.ts";
export { listTeams, type Team } from "./teams/list-teams.ts";
export { setTeamMembers } from "./teams/set-team-members.ts";
export { claimMails, type ClaimedMail } from "./mail/claim-mails.ts";
export { forgetMails } from "./mail/forget-mails.ts";
export type { MailBody } from "./mail/mail.ts";
export { recordMail, type MailOutcome } from "./mail/record-mail.ts";
export { getOwnVote, placeOf, type OwnVote } from "./votes/get-own-vote.ts";
export { listVotes, type Vote } from "./votes/list-votes.ts";
export { previewVote, type VotePreview } from "./votes/preview-vote.ts";
export { listAsked } from "./inbox/list-asked.ts";
export { listInbox, type InboxFilter, type InboxItem, type InboxPage } from "./inbox/list-inbox.ts";
export { createView } from "./views/create-view.ts";
export { deleteView } from "./views/delete-view.ts";
export { listViews } from "./views/list-views.ts";
export { updateView } from "./views/update-view.ts";
export type { View, ViewQuery } from "./views/view.ts";
export { createSecretBox, type SecretBox } from "./credentials/secret-box.ts";

export { lacksScope } from "./actors/lacks-scope.ts";
export { nameActor, nameAsker, partsOfActor, type ActorNames } from "./actors/name-actor.ts";
export { publicVia, viaKinds, type Via } from "./actors/via.ts";
export { ALL_SCOPES, DECIDE, offersDeciding, scopes, type Scope } from "./credentials/scopes.ts";
export { presetRedirectUris, type ClientKind } from "./oauth/redirect-uris.ts";
export type { OAuthClient } from "./oauth/client.ts";
export { createClient, type CreateClientInput, type CreatedClient } from "./oauth/create-client.ts";
export { getClient, listClients } from "./oauth/list-clients.ts";
export { rotateClientSecret } from "./oauth/rotate-client-secret.ts";
export { deleteClient } from "./oauth/delete-client.ts";
export { createGrant, type AllowedApp } from "./oauth/create-grant.ts";
export { listGrants, type Grant } from "./oauth/list-grants.ts";
export { revokeGrant } from "./oauth/revoke-grant.ts";
export { createTokenStore, type TokenKind, type TokenStore } from "./oauth/token-store.ts";
export type { Queryable } from "./queryable.ts";
export {
  findClientRegistration,
  isClientSecret,
  type ClientRegistration,
} from "./oauth/authenticate-client.ts";
export { endInteraction, findInteraction, saveInteraction } from "./oauth/interactions.ts";
export { registerItself } from "./oauth/register-itself.ts";
export { readGrantFacts, type GrantFacts } from "./oauth/grant-facts.ts";
export { readSigningKeys } from "./oauth/signing-keys.ts";
export { forgetExpiredTokens } from "./oauth/forget-expired.ts";
export { forgetUnusedClients } from "./oauth/forget-unused-clients.ts";
export * from "./goals/index.ts";

export type { Change, ChangeAction, ChangeStage, ChangeState } from "./changes/change.ts";
export { getChange, listChanges } from "./changes/list-changes.ts";
export {
  proposeChange,
  type ProposeChangeInput,
  type ProposedChange,
} from "./changes/propose-change.ts";
export { resolveChange } from "./changes/resolve-change.ts";
export { selectTenant } from "./changes/select-tenant.ts";
export { abandonChange, retryChange } from "./changes/settle-application.ts";
export { createEntityType, type CreatedEntityType } from "./entities/create-entity-type.ts";
export type { Entity } from "./entities/entity.ts";
export type { EntityType } from "./entities/entity-type.ts";
export { getEntity, listEntities, type EntityPage } from "./entities/list-entities.ts";
export { listEntityTypes } from "./entities/list-entity-types.ts";
export { listHistory, type HistoryEntry, type HistoryPage } from "./entities/list-history.ts";
export { putEntity } from "./entities/put-entity.ts";
export { rotateApplierSecret } from "./entities/rotate-applier-secret.ts";
export { updateEntityType } from "./entities/update-entity-type.ts";
