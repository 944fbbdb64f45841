using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Otlp.Bodies;

/// <summary>
/// Reads a body into a buffer, decompressing on the way. Sizes are bounded before and after decompression, and room is
/// reserved before it is filled, so that a small body that inflates to a huge one costs no more than the limit.
/// </summary>
/// <remarks>
/// That compressed data is cut short is noticed only when the runtime option
/// <c>System.IO.Compression.UseStrictValidation</c> is on, as the build sets it for every program of this repository.
/// </remarks>
public static class BodyReader
{
    // A body of unknown size starts with this much room and doubles.
    private const int FirstReservation = 16 * 1024;

    // What telemetry usually inflates by: saves most of the doublings.
    private const int ExpectedRatio = 6;

    // Its tables take a few dozen KiB; nothing awaits while it is in use.
    [ThreadStatic]
    private static GzipMember? _member;

    /// <summary>Reads <paramref name="body"/>: as far as its length was announced, else to its end.</summary>
    /// <param name="body">The body as it comes.</param>
    /// <param name="encodedLength">Its announced length in bytes; null when it was not announced.</param>
    /// <param name="coding">How it is compressed.</param>
    /// <param name="limits">How large it may be.</param>
    /// <param name="buffer">Receives the decompressed body.</param>
    /// <param name="cancellationToken">Ends the wait for more bytes.</param>
    /// <exception cref="IOException">The client's connection broke.</exception>
    /// <exception cref="OperationCanceledException">The wait for more bytes was ended, by the token or by <see cref="PipeReader.CancelPendingRead"/>.</exception>
    public static ValueTask<BodyFault> ReadAsync(
        PipeReader body,
        long? encodedLength,
        ContentCoding coding,
        BodyLimits limits,
        IBodyBuffer buffer,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(buffer);
        var maxEncoded = coding == ContentCoding.Identity ? Math.Min(limits.MaxEncodedBytes, limits.MaxDecodedBytes) : limits.MaxEncodedBytes;
        if (encodedLength > maxEncoded)
        {
            return new ValueTask<BodyFault>(BodyFault.TooLarge);
        }

        return (coding, encodedLength) switch
        {
            (ContentCoding.Identity, { } length) => FillAsync(body, (int)length, buffer, cancellationToken),
            (ContentCoding.Identity, null) => ReadToEndAsync(body, maxEncoded, buffer, cancellationToken),
            (ContentCoding.Gzip, { } length) when buffer is IGzipBodyBuffer both => ReadGzipAsync(body, (int)length, limits, both, cancellationToken),
            _ => InflateAsync(body, encodedLength, coding, limits, buffer, cancellationToken),
        };
    }

    // Just so many bytes: what follows them is left where it is.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<BodyFault> FillAsync(PipeReader body, int length, IBodyBuffer buffer, CancellationToken cancellationToken)
    {
        if (length > 0 && !buffer.TryReserve(length))
        {
            return BodyFault.NoRoom;
        }

        for (var missing = length; missing > 0;)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var bytes = Received(read);
            bytes = bytes.Length > missing ? bytes.Slice(0, missing) : bytes;
            missing -= (int)bytes.Length;
            Append(bytes, buffer);
            body.AdvanceTo(bytes.End);
            if (missing > 0 && read.IsCompleted)
            {
                return BodyFault.Truncated;
            }
        }

        return BodyFault.None;
    }

    private static async ValueTask<BodyFault> ReadToEndAsync(PipeReader body, int max, IBodyBuffer buffer, CancellationToken cancellationToken)
    {
        if (!buffer.TryReserve(Math.Min(FirstReservation, max)))
        {
            return BodyFault.NoRoom;
        }

        while (true)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var bytes = Received(read);
            var fault = MakeRoom(buffer, buffer.Length + bytes.Length, max);
            if (fault == BodyFault.None)
            {
                Append(bytes, buffer);
            }

            body.AdvanceTo(bytes.End);
            if (fault != BodyFault.None || read.IsCompleted)
            {
                return fault;
            }
        }
    }

    private static BodyFault MakeRoom(IBodyBuffer buffer, long length, int max)
    {
        var capacity = buffer.Length + buffer.Free.Length;
        return length > max ? BodyFault.TooLarge
            : length <= capacity || buffer.TryReserve((int)Math.Clamp(capacity * 2L, length, max)) ? BodyFault.None
            : BodyFault.NoRoom;
    }

    private static void Append(in ReadOnlySequence<byte> bytes, IBodyBuffer buffer)
    {
        bytes.CopyTo(buffer.Free.Span);
        buffer.Advance((int)bytes.Length);
    }

    private static ReadOnlySequence<byte> Received(in ReadResult read) =>
        read.IsCanceled ? throw new OperationCanceledException("The read was cancelled.") : read.Buffer;

    // A gzip body of known length is read first and inflated then, in one go.
    private static async ValueTask<BodyFault> ReadGzipAsync(
        PipeReader body, int length, BodyLimits limits, IGzipBodyBuffer buffer, CancellationToken cancellationToken)
    {
        var fault = await FillAsync(body, length, buffer.Encoded, cancellationToken).ConfigureAwait(false);
        if (fault != BodyFault.None || TryInflateMember(buffer.EncodedBytes.Span, limits.MaxDecodedBytes, buffer, out fault))
        {
            return fault;
        }

        // Several members, a header of another kind, or broken: the general decoder knows.
        MemoryMarshal.TryGetArray(buffer.EncodedBytes, out var array);
        using var stream = new MemoryStream(array.Array ?? [], array.Offset, array.Count, writable: false);
        fault = await InflateAsync(new CountedStream(stream, length), ContentCoding.Gzip, length, limits.MaxDecodedBytes, buffer, cancellationToken).ConfigureAwait(false);
        buffer.DropEncoded();
        return fault;
    }

    private static async ValueTask<BodyFault> InflateAsync(
        PipeReader body, long? encodedLength, ContentCoding coding, BodyLimits limits, IBodyBuffer buffer, CancellationToken cancellationToken)
    {
        // One byte more than allowed tells a body that is too large from one that just fits.
        var encoded = new CountedStream(body.AsStream(leaveOpen: true), encodedLength ?? limits.MaxEncodedBytes + 1L);
        var fault = await InflateAsync(encoded, coding, encodedLength, limits.MaxDecodedBytes, buffer, cancellationToken).ConfigureAwait(false);
        if (encodedLength is null)
        {
            return encoded.Remaining == 0 ? BodyFault.TooLarge : fault;
        }

        return fault == BodyFault.None && encoded.Remaining > 0 ? BodyFault.Truncated : fault;
    }

    private static bool TryInflateMember(ReadOnlySpan<byte> body, int maxDecoded, IGzipBodyBuffer buffer, out BodyFault fault)
    {
        fault = BodyFault.None;
        if (!GzipMember.TryReadLength(body, out var length) || length > maxDecoded)
        {
            return false;
        }

        if (!buffer.TryReserve((int)length))
        {
            fault = BodyFault.NoRoom;
            return true;
        }

        _member ??= new GzipMember();
        if (!_member.TryInflate(body, buffer.Free.Span, length, out var content))
        {
            return false;
        }

        buffer.Advance(content.Length);
        buffer.Keep(content);
        return true;
    }

    private static async ValueTask<BodyFault> InflateAsync(
        CountedStream encoded,
        ContentCoding coding,
        long? encodedLength,
        int maxDecoded,
        IBodyBuffer buffer,
        CancellationToken cancellationToken)
    {
        try
        {
            var decoded = coding.Decode(encoded);
            await using (decoded.ConfigureAwait(false))
            {
                var expected = Math.Max(FirstReservation, (encodedLength ?? 0) * ExpectedRatio);
                var fault = await DecodeAsync(decoded, expected, maxDecoded, buffer, cancellationToken).ConfigureAwait(false);
                return fault == BodyFault.None ? await DrainAsync(encoded, cancellationToken).ConfigureAwait(false) : fault;
            }
        }
        catch (InvalidDataException)
        {
            return BodyFault.Corrupt;
        }
        catch (InvalidOperationException) when (coding == ContentCoding.Brotli)
        {
            // BrotliStream's way to say that the data is invalid.
            return BodyFault.Corrupt;
        }
    }

    private static async ValueTask<BodyFault> DecodeAsync(
        Stream source, long expected, int max, IBodyBuffer buffer, CancellationToken cancellationToken)
    {
        if (!buffer.TryReserve((int)Math.Min(expected, max)))
        {
            return BodyFault.NoRoom;
        }

        var probe = new byte[1];
        while (true)
        {
            if (!buffer.Free.IsEmpty)
            {
                var read = await source.ReadAsync(buffer.Free, cancellationToken).ConfigureAwait(false);
                buffer.Advance(read);
                if (read == 0 || buffer.Length > max)
                {
                    return read == 0 ? BodyFault.None : BodyFault.TooLarge;
                }

                continue;
            }

            // Most bodies end just here: one byte of look-ahead saves them the next doubling.
            if (await source.ReadAsync(probe, cancellationToken).ConfigureAwait(false) == 0)
            {
                return BodyFault.None;
            }

            if (buffer.Length >= max)
            {
                return BodyFault.TooLarge;
            }

            if (!buffer.TryReserve((int)Math.Clamp(buffer.Length * 2L, 1, max)))
            {
                return BodyFault.NoRoom;
            }

            buffer.Free.Span[0] = probe[0];
            buffer.Advance(1);
        }
    }

    // What follows the compressed data inside the body is passed over.
    private static async ValueTask<BodyFault> DrainAsync(CountedStream encoded, CancellationToken cancellationToken)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (await encoded.ReadAsync(scratch, cancellationToken).ConfigureAwait(false) > 0)
            {
            }

            return BodyFault.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
