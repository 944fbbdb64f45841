using System.Text.Json.Serialization;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>Body of <c>POST /_stand-in/limits</c>.</summary>
/// <param name="Scope">organization, project or key.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Project">Slug or id, for the project scope.</param>
/// <param name="Key">Public key, for the key scope.</param>
/// <param name="Categories">For instance span, log_item, log_byte; none for all.</param>
/// <param name="Reason">Reason code.</param>
internal sealed record LimitRequest(State.LimitScope Scope, double Seconds, string? Project = null, string? Key = null, IReadOnlyList<string>? Categories = null, string Reason = "");

/// <summary>Body of <c>POST /_stand-in/clock</c>.</summary>
/// <param name="AdvanceSeconds">How far to set the clock ahead.</param>
internal sealed record ClockRequest([property: JsonRequired] double AdvanceSeconds);

/// <summary>Body of <c>POST</c> and <c>DELETE /_stand-in/tokens</c>.</summary>
/// <param name="Token">The token; it is never shown again.</param>
/// <param name="Scopes">What it may do; the documented ones unless given.</param>
internal sealed record TokenRequest(string Token, IReadOnlyList<string>? Scopes = null)
{
    public override string ToString() => $"token with {Scopes?.Count ?? 0} scopes";
}
