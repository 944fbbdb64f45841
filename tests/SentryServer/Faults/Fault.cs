using System.Buffers.Text;
using System.Text.Json.Serialization;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Faults;

/// <summary>A moment in the life of a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultPoint>))]
public enum FaultPoint
{
    /// <summary>Nowhere.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The request was read and nothing was done yet.</summary>
    [JsonStringEnumMemberName("before")]
    Before,

    /// <summary>The request was carried out and nothing of the answer was sent.</summary>
    [JsonStringEnumMemberName("after")]
    After,

    /// <summary>Head and half of the answer's body were sent. Not a point to hold at.</summary>
    [JsonStringEnumMemberName("middle")]
    Middle,
}

/// <summary>An answer written by the test instead of by the server.</summary>
public sealed record FaultAnswer
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Headers, besides the content type.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Content type; JSON unless said otherwise.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Body text.</summary>
    public string Body { get; init; } = "";

    /// <summary>Body bytes in base64, instead of text.</summary>
    public string? BodyBase64 { get; init; }
}

/// <summary>A body that trickles.</summary>
/// <param name="ChunkBytes">Bytes per piece.</param>
/// <param name="IntervalSeconds">Time between pieces.</param>
/// <param name="NeverEnds">Spaces follow for ever after the true body.</param>
public sealed record SlowBody(int ChunkBytes = 1, double IntervalSeconds = 0.1, bool NeverEnds = false);

/// <summary>What shall happen to requests that match.</summary>
public sealed record Fault
{
    /// <summary>Path pattern without the prefix: <c>*</c> stands for part of one segment, <c>**</c> for anything. A trailing slash does not matter.</summary>
    public required string Path { get; init; }

    /// <summary>HTTP method; null for every method.</summary>
    public string? Method { get; init; }

    /// <summary>Which port; null for both.</summary>
    public ServerSide? Side { get; init; }

    /// <summary>Only requests whose body holds this text, after decompression: a poisonous record. Null for every body.</summary>
    public string? BodyContains { get; init; }

    /// <summary>How many requests it meets; null for all until it is removed.</summary>
    public int? Count { get; init; } = 1;

    /// <summary>How many matching requests pass untouched first.</summary>
    public int Skip { get; init; }

    /// <summary>Wait before the request is carried out, in seconds.</summary>
    public double DelayBeforeSeconds { get; init; }

    /// <summary>Wait after the request was carried out and before the answer, in seconds.</summary>
    public double DelayAfterSeconds { get; init; }

    /// <summary>Where to hold the request until the fault is released.</summary>
    public FaultPoint Hold { get; init; }

    /// <summary>Where to cut the connection.</summary>
    public FaultPoint Reset { get; init; }

    /// <summary>The answer to give; null for the server's own.</summary>
    public FaultAnswer? Answer { get; init; }

    /// <summary>With <see cref="Answer"/>: the request is carried out all the same and only its answer is replaced.</summary>
    public bool Execute { get; init; }

    /// <summary>Headers to add to the answer.</summary>
    public IReadOnlyDictionary<string, string> AddHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Trickle the answer's body.</summary>
    public SlowBody? SlowBody { get; init; }

    /// <summary>Null when the fault makes sense, else what to change.</summary>
    internal string? Problem() => this switch
    {
        { Path: "" } => "path: give a pattern such as /api/0/teams/*/*/projects/ or **",
        { BodyContains: "" } => "bodyContains: give a text, or leave it out",
        { Count: < 1 } => "count: at least 1, or null for every request",
        { Skip: < 0 } => "skip: 0 or more",
        { DelayBeforeSeconds: < 0 or > 3600 } or { DelayAfterSeconds: < 0 or > 3600 } => "delayBeforeSeconds, delayAfterSeconds: 0 to 3600",
        { Hold: FaultPoint.Middle } => "hold: before or after",
        { Answer.Status: < 200 or > 599 } => "answer.status: 200 to 599",
        { Answer.BodyBase64: { } text } when !Base64.IsValid(text) => "answer.bodyBase64: base64 text",
        { SlowBody: { ChunkBytes: < 1 } or { IntervalSeconds: <= 0 } } => "slowBody: chunkBytes and intervalSeconds above 0",
        _ => null,
    };
}
