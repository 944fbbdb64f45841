using System.Text;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Sending;

/// <summary>
/// The beginning of an answer's body, as text for a log line. By the time it is read the status is known: a body that trickles, never ends or breaks off costs its text, not the answer.
/// </summary>
/// <param name="Value">Without control characters.</param>
/// <param name="IsWhole">False when the body did not come to its end in time, nor to the bound of what is read.</param>
internal readonly record struct AnswerText(string Value, bool IsWhole)
{
    /// <summary>Enough to tell why; an error page of a proxy may be long.</summary>
    private const int MaxBytes = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static AnswerText None { get; } = new(string.Empty, IsWhole: true);

    public static async Task<AnswerText> ReadAsync(HttpContent content, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var buffer = new byte[MaxBytes];
        var length = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(either.Token);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), either.Token) is var read and > 0)
            {
                length += read;
            }

            // Relay answers in the request's format: a google.rpc.Status around the sentence.
            var isProtobuf = content.Headers.ContentType?.MediaType == "application/x-protobuf";
            var sentence = isProtobuf ? RpcStatusReader.Read(buffer.AsSpan(0, length)).Message : string.Empty;
            return new AnswerText(sentence.Length > 0 ? Clean(Encoding.UTF8.GetBytes(sentence)) : Clean(buffer.AsSpan(0, length)), IsWhole: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException
            || (exception is OperationCanceledException && patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            return new AnswerText($"{Clean(buffer.AsSpan(0, length))} (the answer broke off)", IsWhole: false);
        }
    }

    private static string Clean(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var rune in Encoding.UTF8.GetString(bytes).EnumerateRunes())
        {
            // The body may be protobuf or a page with line breaks; a log line holds neither.
            text.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? " " : rune.ToString());
        }

        return text.ToString().Trim();
    }
}
