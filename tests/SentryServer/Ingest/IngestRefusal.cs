using System.Collections.Immutable;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>Why ingest refuses a request, with Relay's words.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">What is said.</param>
/// <param name="Reason">The outcome's short name, for data that is refused only after its 200.</param>
internal sealed record IngestRefusal(int Status, string Message, string Reason)
{
    /// <summary>The limits that a 429 lists.</summary>
    public ImmutableArray<ActiveLimit> Limits { get; init; } = [];

    public static IngestRefusal MissingAuthorization { get; } = new(401, "missing authorization information", "auth");

    public static IngestRefusal MultipleAuthorizations { get; } = new(401, "multiple authorization payloads detected", "auth");

    public static IngestRefusal BadAuthorization { get; } = new(401, "bad x-sentry-auth header", "auth");

    public static IngestRefusal BadKey { get; } = new(400, "bad sentry DSN public key", "auth");

    public static IngestRefusal BadProjectPath { get; } = new(400, "bad project path parameter", "path");

    public static IngestRefusal BufferFull { get; } = new(503, "failed to queue envelope", "buffer_full");

    public static IngestRefusal Rejected(string reason) => new(403, $"event submission rejected with_reason: {reason}", reason);

    public static IngestRefusal ContentType(string? given) => new(415, $"unsupported content type: {given ?? "none"}", "content_type");

    public static IngestRefusal TooLarge(Modes modes) => modes.SizeErrorsAreBadRequests
        ? new(400, "envelope exceeded size limits for type 'integration'", "too_large")
        : new(413, "length limit exceeded", "too_large");

    public static IngestRefusal RateLimited(ImmutableArray<ActiveLimit> limits) =>
        new(429, "Sentry dropped data due to a quota or internal rate limit being reached. This will not affect your application.", "rate_limited") { Limits = limits };
}
