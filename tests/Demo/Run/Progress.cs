using Spectre.Console;

namespace SentryOtel.Demo.Run;

/// <summary>One line per step, with the time since the start, readable in a terminal and in a log.</summary>
internal sealed class Progress(TimeProvider time, IAnsiConsole console)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The time since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Something begins or is under way.</summary>
    public void Step(string text) => Line("grey", "…", text);

    /// <summary>Something is done.</summary>
    public void Done(string text) => Line("green", "✓", text);

    /// <summary>Something went wrong.</summary>
    public void Failed(string text) => Line("red", "✗", text);

    /// <summary>A heading above what follows.</summary>
    public void Heading(string text)
    {
        console.WriteLine();
        console.Write(new Markup($"[bold]{Markup.Escape(text)}[/]"));
        console.WriteLine();
    }

    /// <summary>Text as it is, never wrapped.</summary>
    public void Verbatim(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            console.Profile.Out.Writer.WriteLine(line);
        }
    }

    /// <summary>A table or another thing to look at.</summary>
    public void Show(Spectre.Console.Rendering.IRenderable thing) => console.Write(thing);

    private void Line(string color, string mark, string text)
    {
        console.Write(new Markup($"[grey]{Elapsed.TotalSeconds,6:0.0} s[/] [{color}]{mark}[/] {Markup.Escape(text)}"));
        console.WriteLine();
    }
}
