using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// A token of Sentry's management API that can not be printed by accident. Kinds are told apart by prefix
/// (Sentry source: <c>src/sentry/types/token.py</c>).
/// </summary>
public readonly struct SentryToken : IEquatable<SentryToken>
{
    private readonly string? _value;

    /// <summary>Takes the token as read from a Secret or file; surrounding white space is dropped.</summary>
    public SentryToken(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value.Trim();
    }

    /// <summary>True when there is no token.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(_value);

    /// <summary>True when the token can be a header value: visible ASCII only.</summary>
    public bool IsWellFormed => !IsEmpty && _value!.All(static c => c is > ' ' and < (char)0x7f);

    /// <summary>Organisation tokens carry the fixed scope <c>org:ci</c> and can not read or create projects.</summary>
    public bool IsOrganizationToken => _value?.StartsWith("sntrys_", StringComparison.Ordinal) ?? false;

    /// <summary>Twelve hex digits of a SHA-256: tells two tokens apart without saying anything about either.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_value ?? "")).AsSpan(0, 6));

    internal string Reveal() => _value ?? "";

    /// <inheritdoc/>
    public bool Equals(SentryToken other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SentryToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    /// <summary>Never the token.</summary>
    public override string ToString() => IsEmpty ? "(no token)" : "(token)";

    /// <summary>Equality by value.</summary>
    public static bool operator ==(SentryToken left, SentryToken right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(SentryToken left, SentryToken right) => !left.Equals(right);
}
