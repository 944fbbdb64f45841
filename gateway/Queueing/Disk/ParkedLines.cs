using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The lines of services whose project is not there yet. Guarded by the lock of the lines.</summary>
internal sealed class ParkedLines
{
    private readonly HashSet<DiskLine> _lines = [];

    public int Services => _lines.Select(line => line.Value).Distinct(StringComparer.Ordinal).Count();

    public long Bytes => _lines.Sum(line => line.Bytes);

    public void Set(DiskLine line, bool isParked) => _ = isParked ? _lines.Add(line) : _lines.Remove(line);

    /// <summary>Whether so much more of a service may wait.</summary>
    public bool MayTake(ParkingConfiguration parking, string value, long bytes)
    {
        var known = _lines.Where(line => line.Value == value).Sum(line => line.Bytes);
        return Bytes + bytes <= parking.MaxBytes && known + bytes <= parking.MaxBytesPerService && (known > 0 || Services < parking.MaxServices);
    }
}
