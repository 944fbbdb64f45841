using System.Buffers;
using System.Collections.Immutable;

namespace SentryOtel.Otlp.Batching;

/// <summary>
/// A valid Export request as a list of byte ranges, most of them still lying in the request they came from: written
/// one after the other they are the message. Valid as long as the memory behind the ranges is.
/// </summary>
public sealed class ExportPart
{
    /// <summary>A part made of these ranges.</summary>
    /// <param name="segments">The ranges in order.</param>
    /// <param name="items">Spans or log records in them.</param>
    public ExportPart(ImmutableArray<ReadOnlyMemory<byte>> segments, int items)
    {
        Segments = segments;
        Items = items;
        foreach (var segment in segments)
        {
            Length += segment.Length;
        }
    }

    /// <summary>The ranges in order.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Segments { get; }

    /// <summary>Spans or log records in the part.</summary>
    public int Items { get; }

    /// <summary>Bytes of the whole message, uncompressed.</summary>
    public long Length { get; }

    /// <summary>
    /// One request of all the parts' records, in order. Concatenated Export requests are an Export request by the
    /// rules of protobuf: repeated fields append.
    /// </summary>
    public static ExportPart Concatenate(IReadOnlyCollection<ExportPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var segments = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(parts.Sum(part => part.Segments.Length));
        var items = 0;
        foreach (var part in parts)
        {
            segments.AddRange(part.Segments);
            items += part.Items;
        }

        return new ExportPart(segments.MoveToImmutable(), items);
    }

    /// <summary>Writes the message.</summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        foreach (var segment in Segments)
        {
            writer.Write(segment.Span);
        }
    }

    /// <summary>The message in an array of its own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        var at = 0;
        foreach (var segment in Segments)
        {
            segment.CopyTo(bytes.AsMemory(at));
            at += segment.Length;
        }

        return bytes;
    }
}
