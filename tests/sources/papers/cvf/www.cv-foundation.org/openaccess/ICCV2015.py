<!DOCTYPE html>
<html>
<head>
<title>ICCV 2015 Open Access Repository</title>
</head>
<body>
<div id="header"><a href="https://www.thecvf.com/">The Computer Vision Foundation</a></div>
<div id="content">
<h3>Papers</h3>
<dl>
<dt class="ptitle"><br><a href="content_iccv_2015/html/Sample_Lanterns_at_Dusk_ICCV_2015_paper.html">Lanterns at Dusk – A Practice Study of Émigré Pixels</a></dt>
<dd>
<form id="form-0" action="./ICCV2015_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value="Zoë Sample">
<a href="#" onclick="document.getElementById('form-0').submit();">Zoë Sample</a>,
</form>
<form id="form-1" action="./ICCV2015_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value=" Bo Placeholder">
<a href="#" onclick="document.getElementById('form-1').submit();"> Bo Placeholder</a>
</form>
</dd>
<dd>
[<a href="content_iccv_2015/papers/Sample_Lanterns_at_Dusk_ICCV_2015_paper.pdf">pdf</a>]
<div class="link2">[<a class="fakelink" onclick="$(this).siblings('.bibref').slideToggle()">bibtex</a>]
<div class="bibref">
@InProceedings{Sample_2015_ICCV,<br>
year = {2015}<br>
}
</div>
</div>
</dd>
<dt class="ptitle"><br><a href="content_iccv_2015/html/Fiction_Second_Thoughts_ICCV_2015_paper.html">Second Thoughts on Invented Edges</a></dt>
<dd>
<form id="form-0" action="./ICCV2015_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value="Dee Fiction">
<a href="#" onclick="document.getElementById('form-0').submit();">Dee Fiction</a>
</form>
</dd>
<dd>
[<a href="content_iccv_2015/papers/Fiction_Second_Thoughts_ICCV_2015_paper.pdf">pdf</a>]
[<a href="content_iccv_2015/supplemental/Fiction_Second_Thoughts_ICCV_2015_supplemental.pdf">supp</a>]
<div class="link2">[<a class="fakelink" onclick="$(this).siblings('.bibref').slideToggle()">bibtex</a>]
<div class="bibref">
@InProceedings{Fiction_2015_ICCV,<br>
year = {2015}<br>
}
</div>
</div>
</dd>
<dt class="ptitle"><br><a href="content_iccv_2015/html/Sample_Lanterns_at_Dusk_ICCV_2015_paper.html">Lanterns at Dusk – A Practice Study of Émigré Pixels</a></dt>
<dd>
<form id="form-0" action="./ICCV2015_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value="Zoë Sample">
<a href="#" onclick="document.getElementById('form-0').submit();">Zoë Sample</a>,
</form>
<form id="form-1" action="./ICCV2015_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value=" Bo Placeholder">
<a href="#" onclick="document.getElementById('form-1').submit();"> Bo Placeholder</a>
</form>
</dd>
<dd>
[<a href="content_iccv_2015/papers/Sample_Lanterns_at_Dusk_ICCV_2015_paper.pdf">pdf</a>]
<div class="link2">[<a class="fakelink" onclick="$(this).siblings('.bibref').slideToggle()">bibtex</a>]
<div class="bibref">
@InProceedings{Sample_2015_ICCV,<br>
year = {2015}<br>
}
</div>
</div>
</dd>
</dl>
</div>
</body>
</html>
