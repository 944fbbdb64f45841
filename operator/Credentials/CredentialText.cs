using System.Diagnostics.CodeAnalysis;

namespace SentryOtel.Operator.Credentials;

/// <summary>Why a credential can not be used.</summary>
/// <param name="Reason">A condition's reason.</param>
/// <param name="Message">What is wrong and the cure, without the credential.</param>
internal sealed record CredentialError(string Reason, string Message);

/// <summary>A text read from a Secret, or why there is none. It never prints the text.</summary>
internal readonly struct CredentialText
{
    private CredentialText(string? value, CredentialError? error)
    {
        Value = value;
        Error = error;
    }

    public string? Value { get; }

    public CredentialError? Error { get; }

    public static implicit operator CredentialText(string value) => new(value, null);

    public static implicit operator CredentialText(CredentialError error) => new(null, error);

    public bool TryGet([NotNullWhen(true)] out string? value, [NotNullWhen(false)] out CredentialError? error)
    {
        (value, error) = (Value, Error);
        return error is null && value is not null;
    }

    public override string ToString() => Error?.ToString() ?? "(secret)";
}
