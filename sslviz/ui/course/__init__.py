"""The course: the lessons that stand on no single task, the teacher's page, the worksheets and the glossary."""
