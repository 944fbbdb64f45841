namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>A value that never prints itself.</summary>
/// <param name="Value">The text, for the one place that needs it.</param>
internal readonly record struct Secret(string Value)
{
    /// <summary>Always <c>[REDACTED]</c>.</summary>
    public override string ToString() => "[REDACTED]";
}
