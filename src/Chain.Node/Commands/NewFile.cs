namespace Chain.Node.Commands;

/// <summary>Writes a file that must not be there yet, whole or not at all.</summary>
internal static class NewFile
{
    /// <summary>Writes beside the place, flushes to the disk, and moves it there; what stands there already stays.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            var file = new FileStream(temporary, FileMode.Create, FileAccess.Write);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
