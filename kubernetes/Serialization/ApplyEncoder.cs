using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace SentryOtel.Kubernetes.Serialization;

/// <summary>
/// Escapes as the default encoder does, except that characters beyond U+FFFF stay raw: the API server reads apply
/// bodies with a YAML parser, which refuses surrogate escapes and mangles raw control characters such as U+0085.
/// </summary>
internal sealed class ApplyEncoder : JavaScriptEncoder
{
    public static readonly ApplyEncoder Instance = new();

    private const int LastBmp = 0xFFFF;

    public override int MaxOutputCharactersPerInputCharacter => Default.MaxOutputCharactersPerInputCharacter;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar <= LastBmp && Default.WillEncode(unicodeScalar);

    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Default.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var input = new ReadOnlySpan<char>(text, textLength);
        for (var index = 0; index < input.Length;)
        {
            if (Rune.DecodeFromUtf16(input[index..], out var rune, out var consumed) != OperationStatus.Done
                || WillEncode(rune.Value))
            {
                return index;
            }

            index += consumed;
        }

        return -1;
    }
}
