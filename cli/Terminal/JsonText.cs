using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SentryOtel.Cli.Terminal;

/// <summary>How documents for programs are written.</summary>
internal static class JsonText
{
    /// <summary>Indented, with text as it is: nobody takes it for HTML.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(),
    };
}
