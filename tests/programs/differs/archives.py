import zipfile

with zipfile.ZipFile("archive.zip", "w") as z:
    z.writestr("a.txt", "alpha")
print(zipfile.ZipFile("archive.zip").namelist())
