namespace SentryOtel.Cli.Sending;

/// <summary>A way to a gateway's OTLP over HTTP.</summary>
internal interface ISender
{
    /// <summary>Where it leads, for people.</summary>
    string Target { get; }

    /// <summary>Sends a request as JSON. Whatever goes wrong is an answer too.</summary>
    Task<SendAnswer> SendAsync(string path, byte[] body, CancellationToken cancellationToken);
}

/// <summary>What the gateway answered.</summary>
/// <param name="Refusal">Why it did not take the item; null when it did.</param>
/// <param name="Cure">What to do then.</param>
internal sealed record SendAnswer(string? Refusal, string? Cure = null)
{
    public static SendAnswer Taken { get; } = new(Refusal: null);
}
