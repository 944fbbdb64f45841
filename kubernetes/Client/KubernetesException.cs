using System.Net;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>The API server refused or failed a request.</summary>
public sealed class KubernetesException : Exception
{
    /// <summary>Makes the exception of an answer.</summary>
    /// <param name="statusCode">HTTP status.</param>
    /// <param name="request">Method and path, without query.</param>
    /// <param name="status">The Status object of the body, if there was one.</param>
    /// <param name="retryAfter">The server's wish to wait.</param>
    public KubernetesException(HttpStatusCode statusCode, string request, V1Status? status = null, TimeSpan? retryAfter = null)
        : base($"{request}: {(int)statusCode} {status?.Reason ?? statusCode.ToString()}: {status?.Message ?? "no status in the answer"}")
    {
        StatusCode = statusCode;
        Status = status;
        RetryAfter = retryAfter
            ?? (status?.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <summary>HTTP status; of a watch's error event, the code in it.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>The server's answer in full.</summary>
    public V1Status? Status { get; }

    /// <summary>How long the server wishes the client to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>One of <see cref="StatusReason"/>; empty when the answer had none.</summary>
    public string Reason => Status?.Reason ?? "";

    /// <summary>No such object, or the kind is not served.</summary>
    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>The version was not the current one, or another field manager owns a field.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && !IsAlreadyExists;

    /// <summary>Another field manager owns a field that was applied without force.</summary>
    public bool IsFieldManagerConflict => IsConflict && HasCause(StatusReason.FieldManagerConflictCause);

    /// <summary>The name is taken.</summary>
    public bool IsAlreadyExists => Reason == StatusReason.AlreadyExists;

    /// <summary>The resource version or continue token is too old: list anew.</summary>
    public bool IsGone => StatusCode == HttpStatusCode.Gone || Reason is StatusReason.Gone or StatusReason.Expired;

    /// <summary>Credentials were refused.</summary>
    public bool IsUnauthorized => StatusCode == HttpStatusCode.Unauthorized;

    /// <summary>Not allowed.</summary>
    public bool IsForbidden => StatusCode == HttpStatusCode.Forbidden;

    /// <summary>A create was refused because the namespace is being deleted.</summary>
    public bool IsNamespaceTerminating => IsForbidden && HasCause(StatusReason.NamespaceTerminatingCause);

    /// <summary>Our object is wrong: the same request will fail again.</summary>
    public bool IsInvalid =>
        StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;

    /// <summary>The server asks to slow down.</summary>
    public bool IsTooManyRequests => StatusCode == HttpStatusCode.TooManyRequests;

    /// <summary>The server has not caught up with the resource version asked for.</summary>
    public bool IsResourceVersionTooLarge => HasCause(StatusReason.ResourceVersionTooLargeCause);

    /// <summary>The server failed; the same request may succeed later.</summary>
    public bool IsTransient => (int)StatusCode >= 500 || IsTooManyRequests;

    /// <summary>Whether <c>Status.details.causes</c> names <paramref name="reason"/>.</summary>
    public bool HasCause(string reason) => Status?.Details?.Causes?.Any(cause => cause.Reason == reason) ?? false;
}
