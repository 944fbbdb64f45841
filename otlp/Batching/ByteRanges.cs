namespace SentryOtel.Otlp.Batching;

/// <summary>Ranges of a request in order; neighbours become one.</summary>
internal sealed class ByteRanges
{
    private readonly List<(int Start, int End)> _ranges = [];

    /// <summary>Bytes in all ranges.</summary>
    public int Length { get; private set; }

    public void Add(int start, int end)
    {
        Length += end - start;
        if (_ranges.Count > 0 && _ranges[^1].End == start)
        {
            _ranges[^1] = (_ranges[^1].Start, end);
        }
        else
        {
            _ranges.Add((start, end));
        }
    }

    public void AppendTo(List<ReadOnlyMemory<byte>> segments, ReadOnlyMemory<byte> request)
    {
        foreach (var (start, end) in _ranges)
        {
            segments.Add(request[start..end]);
        }
    }

    public void Clear()
    {
        _ranges.Clear();
        Length = 0;
    }
}
