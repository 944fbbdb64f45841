using System.Diagnostics.CodeAnalysis;

namespace SentryOtel.Operator;

/// <summary>Addresses as the custom resources hold them.</summary>
internal static class HttpAddress
{
    /// <summary>Reads an address that can be called. The schema's pattern also lets ports beyond 65535, brackets that do not close, and hosts that are none through.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
            && uri.Port is > 0 and <= 65535
            && HasUsableName(uri)
            ? uri
            : null;
        return address is not null;
    }

    // What is called is the name in ASCII, and not every name has one.
    private static bool HasUsableName(Uri uri)
    {
        try
        {
            return uri.IdnHost.Length is > 0 and <= 253;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
