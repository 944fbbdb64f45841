namespace SentryOtel.Kubernetes.Client;

/// <summary>The API server's words for why a request failed (<c>Status.reason</c>).</summary>
public static class StatusReason
{
    /// <summary>No credentials, or stale ones (401).</summary>
    public const string Unauthorized = "Unauthorized";

    /// <summary>Not allowed: RBAC, quota, or a terminating namespace (403).</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>No such object, or kind (404).</summary>
    public const string NotFound = "NotFound";

    /// <summary>The name is taken (409).</summary>
    public const string AlreadyExists = "AlreadyExists";

    /// <summary>The version is not the current one, or another manager owns a field (409).</summary>
    public const string Conflict = "Conflict";

    /// <summary>The version is no longer kept (410).</summary>
    public const string Gone = "Gone";

    /// <summary>The version or continue token is too old (410).</summary>
    public const string Expired = "Expired";

    /// <summary>The object breaks a rule (422).</summary>
    public const string Invalid = "Invalid";

    /// <summary>Not understood (400).</summary>
    public const string BadRequest = "BadRequest";

    /// <summary>Too many requests; wait (429).</summary>
    public const string TooManyRequests = "TooManyRequests";

    /// <summary>The object is too large (413).</summary>
    public const string RequestEntityTooLarge = "RequestEntityTooLarge";

    /// <summary>The server was too slow (504).</summary>
    public const string Timeout = "Timeout";

    /// <summary>The server was too slow; try again (500).</summary>
    public const string ServerTimeout = "ServerTimeout";

    /// <summary>The server failed (500).</summary>
    public const string InternalError = "InternalError";

    /// <summary>Not ready to serve (503).</summary>
    public const string ServiceUnavailable = "ServiceUnavailable";

    /// <summary>Cause within a 403: the namespace is being deleted, so nothing can be created in it.</summary>
    public const string NamespaceTerminatingCause = "NamespaceTerminating";

    /// <summary>Cause within a 409: another field manager owns the field.</summary>
    public const string FieldManagerConflictCause = "FieldManagerConflict";

    /// <summary>Cause within a 504: the server has not caught up with the version asked for.</summary>
    public const string ResourceVersionTooLargeCause = "ResourceVersionTooLarge";
}
