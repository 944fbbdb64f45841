namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>
/// Splits a stream into lines of any length. What stands after the last newline when the stream ends was cut off, and
/// is not returned.
/// </summary>
internal sealed class LineReader(Stream stream)
{
    // Small, since there may be a thousand watches of single objects; it grows with what comes.
    private const int InitialSize = 2 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>The next line without its newline, valid until the next call; null at the end.</summary>
    /// <param name="onBytes">Called whenever bytes arrive.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Action onBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsMemory(_start, _scanned + newline - _start);
                _start = _scanned = _scanned + newline + 1;
                return line;
            }

            _scanned = _end;
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            _end += read;
            onBytes();
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _scanned -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        }
    }
}
