using System.Text.Json.Serialization;

namespace SentryOtel.SentryServer.State;

/// <summary>How a successful export is answered.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SuccessStyle>))]
public enum SuccessStyle
{
    /// <summary>200 with an empty OTLP response in the request's format (current Relay).</summary>
    [JsonStringEnumMemberName("200-body")]
    OkWithBody,

    /// <summary>202 with no body (Relay up to 26.2.0).</summary>
    [JsonStringEnumMemberName("202-empty")]
    AcceptedEmpty,
}

/// <summary>How ingest writes errors.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorStyle>))]
public enum ErrorStyle
{
    /// <summary><c>google.rpc.Status</c> in the request's format (current Relay).</summary>
    [JsonStringEnumMemberName("status")]
    Status,

    /// <summary><c>{"detail","causes"}</c> whatever the request's format (older Relay).</summary>
    [JsonStringEnumMemberName("detail")]
    Detail,
}

/// <summary>Limits of the management API, per caller and route. Sentry's own service has them, self-hosted has none.</summary>
/// <param name="Limit">Requests per window.</param>
/// <param name="WindowSeconds">Window length.</param>
/// <param name="ConcurrentLimit">Requests at once.</param>
/// <param name="ResetSkewSeconds">Added to <c>X-Sentry-Rate-Limit-Reset</c>: a server whose clock is off names a reset in the past, or too far ahead.</param>
public sealed record ApiRateLimit(int Limit = 40, int WindowSeconds = 1, int ConcurrentLimit = 25, int ResetSkewSeconds = 0);

/// <summary>Ways in which lists are cut into pages. All of them are within what Sentry's paging allows.</summary>
/// <param name="PageSize">Most items of a page, whatever was asked for.</param>
/// <param name="EmptyFirstPage">The first page holds nothing and says that more follows.</param>
/// <param name="Duplicates">Each page begins with the last item of the one before, as when items move while they are read.</param>
/// <param name="OddCursors">Cursors hold characters that mean something in a header, an address or a query.</param>
/// <param name="LinkOrigin">Scheme, host and port that links name instead of this server's own.</param>
public sealed record PagingQuirks(int? PageSize = null, bool EmptyFirstPage = false, bool Duplicates = false, bool OddCursors = false, string? LinkOrigin = null);

/// <summary>The form of <c>detail</c> in errors of the management API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DetailForm>))]
public enum DetailForm
{
    /// <summary><c>"detail":"text"</c>.</summary>
    [JsonStringEnumMemberName("string")]
    Text,

    /// <summary><c>"detail":{"message":"text","extra":{}}</c>.</summary>
    [JsonStringEnumMemberName("object")]
    Object,

    /// <summary><c>"detail":["text"]</c>.</summary>
    [JsonStringEnumMemberName("array")]
    Array,
}

/// <summary>The ways in which this Sentry differs from the newest one with everything switched on. Replace it whole: <c>state.Modes = state.Modes with { ... }</c>.</summary>
public sealed record Modes
{
    /// <summary>Answer to a successful export.</summary>
    public SuccessStyle Success { get; init; }

    /// <summary>Answer to a refused export.</summary>
    public ErrorStyle Errors { get; init; }

    /// <summary>Keys carry <c>dsn.otlp_traces</c>, <c>dsn.otlp_logs</c> and <c>dsn.integration</c>. Absent before July 2025.</summary>
    public bool OtlpUrlsInKeys { get; init; } = true;

    /// <summary>Keys carry the server's address. When false <c>system.url-prefix</c> is unset, and DSNs have neither scheme nor host.</summary>
    public bool AddressesInKeys { get; init; } = true;

    /// <summary>The organisation-wide key list exists. Absent (404) before December 2025.</summary>
    public bool OrganizationProjectKeys { get; init; } = true;

    /// <summary>Ingest knows the <c>integration/otlp</c> routes. When false they are 404, as before 25.10.</summary>
    public bool OtlpRoutes { get; init; } = true;

    /// <summary>Traces are enabled; else 403 <c>FeatureDisabled</c>.</summary>
    public bool TracesIngestion { get; init; } = true;

    /// <summary>The organisation has <c>ourlogs-ingestion</c>; else logs are 403 <c>FeatureDisabled(OurLogsIngestion)</c>.</summary>
    public bool LogsIngestion { get; init; } = true;

    /// <summary>Oversized bodies are answered 400, as before 26.1.0.</summary>
    public bool SizeErrorsAreBadRequests { get; init; }

    /// <summary>Ingest compresses its replies with gzip for clients that accept it.</summary>
    public bool CompressedReplies { get; init; }

    /// <summary>Ingest answers 503: its buffer is full.</summary>
    public bool BufferFull { get; init; }

    /// <summary>Largest request body after decompression, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 12 * 1024 * 1024;

    /// <summary>Longest project slug: 100, or 50 on older servers.</summary>
    public int MaxSlugLength { get; init; } = 100;

    /// <summary>Limits of the management API; null is self-hosted: no limit and no headers.</summary>
    public ApiRateLimit? ApiRateLimit { get; init; }

    /// <summary>The feature <c>projects:rate-limits</c> is on: keys keep the rateLimit they are given.</summary>
    public bool KeyRateLimits { get; init; }

    /// <summary>Members may create projects; else creating needs <c>org:write</c> or <c>team:admin</c>.</summary>
    public bool MemberProjectCreation { get; init; } = true;

    /// <summary>Ingest hears of key and project changes at once instead of when its cache runs out.</summary>
    public bool RelayInvalidation { get; init; }

    /// <summary>How many reads miss a new project after its 201.</summary>
    public int ProjectVisibilityLag { get; init; }

    /// <summary>How many key lists of a new project come back empty.</summary>
    public int KeyVisibilityLag { get; init; }

    /// <summary>How the management API cuts lists into pages.</summary>
    public PagingQuirks Paging { get; init; } = new();

    /// <summary>How the management API writes <c>detail</c>.</summary>
    public DetailForm DetailForm { get; init; }

    /// <summary>Objects carry fields that no client knows, and null where a value may be missing.</summary>
    public bool UnknownFields { get; init; }

    /// <summary>The <c>links.regionUrl</c> of the organisation; this server's own address unless set.</summary>
    public string? RegionUrl { get; init; }

    /// <summary>A self-hosted Sentry of the time before OTLP answers were settled: 202, detail errors, 400 for size, no otlp URLs, no organisation-wide keys, slugs of 50.</summary>
    public static Modes OldServer { get; } = new()
    {
        Success = SuccessStyle.AcceptedEmpty,
        Errors = ErrorStyle.Detail,
        OtlpUrlsInKeys = false,
        OrganizationProjectKeys = false,
        SizeErrorsAreBadRequests = true,
        MaxSlugLength = 50,
    };
}
