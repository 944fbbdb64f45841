using System.Globalization;

namespace SentryOtel.Clients.Soak;

/// <summary>What a process holds at one moment, as the kernel counts it.</summary>
/// <param name="MemoryBytes">Resident, without mapped files: those are code, and a debug build's is not what ships.</param>
/// <param name="OpenFiles">File descriptors, sockets among them.</param>
/// <param name="Sockets">Those that are sockets.</param>
/// <param name="Threads">Of the operating system.</param>
internal sealed record ProcessReading(long MemoryBytes, int OpenFiles, int Sockets, int Threads)
{
    public static ProcessReading Of(int processId)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        var status = File.ReadLines($"{folder}/status").Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

        // A descriptor may be closed between the list and the look at it.
        var files = Directory.EnumerateFileSystemEntries($"{folder}/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>().ToList();
        return new ProcessReading(
            (Number("VmRSS") - Number("RssFile")) * 1024,
            files.Count,
            files.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)),
            (int)Number("Threads"));

        long Number(string field) => long.Parse(status[field].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
