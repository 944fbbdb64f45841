namespace SentryOtel.Operator.Projects;

/// <summary>Condition types and reasons of a SentryProjectRoute that are not Sentry's own answers.</summary>
internal static class RouteReasons
{
    public const string AcceptedType = "Accepted";
    public const string ProjectReadyType = "ProjectReady";
    public const string ProgrammedType = "Programmed";
    public const string ReadyType = "Ready";
    public const string RateLimitedType = "RateLimited";

    public const string Accepted = "Accepted";
    public const string InvalidSpec = "InvalidSpec";
    public const string ExporterNotFound = "ExporterNotFound";
    public const string ExporterDeleting = "ExporterDeleting";
    public const string ExporterSuspended = "ExporterSuspended";
    public const string NotAllowedByExporter = "NotAllowedByExporter";
    public const string Conflict = "Conflict";
    public const string Suspended = "Suspended";
    public const string Pending = "Pending";

    public const string NoOrganization = "NoOrganization";
    public const string DsnAccepted = "DsnAccepted";
    public const string ProjectFound = "ProjectFound";
    public const string ProjectCreated = "ProjectCreated";
    public const string ProjectAdopted = "ProjectAdopted";
    public const string ProjectRenamed = "ProjectRenamed";
    public const string ProjectReplaced = "ProjectReplaced";
    public const string MaxAutoCreatedReached = "MaxAutoCreatedReached";
    public const string CreationRateLimited = "CreationRateLimited";
    public const string ServiceNotAllowed = "ServiceNotAllowed";

    public const string Programmed = "Programmed";
    public const string GatewayNotReporting = "GatewayNotReporting";
    public const string GatewayUnavailable = "GatewayUnavailable";
    public const string CredentialsUnknown = "CredentialsUnknown";
    public const string Ready = "Ready";
    public const string RefusedBySentry = "RefusedBySentry";

    public const string LimitedBySentry = "LimitedBySentry";
    public const string RateLimitEnded = "RateLimitEnded";
    public const string NotRateLimited = "NotRateLimited";
    public const string GatewaysNotRead = "GatewaysNotRead";

    public const string Deleting = "Deleting";
    public const string ProjectDeleted = "ProjectDeleted";
    public const string ProjectRetained = "ProjectRetained";
    public const string ProjectShared = "ProjectShared";
    public const string ProjectLeftBehind = "ProjectLeftBehind";
    public const string ProjectAbandoned = "ProjectAbandoned";
}
