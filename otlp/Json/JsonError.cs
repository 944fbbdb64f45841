namespace SentryOtel.Otlp.Json;

/// <summary>Why a JSON document is no Export request.</summary>
/// <param name="Path">Where, as in <c>resourceSpans[0].scopeSpans[1].schemaUrl</c>; empty for the document as a whole.</param>
/// <param name="Problem">What is wrong there.</param>
public sealed record JsonError(string Path, string Problem)
{
    /// <summary>A sentence for the client that sent the document.</summary>
    public override string ToString() => Path.Length == 0 ? Problem : $"{Path}: {Problem}";
}
